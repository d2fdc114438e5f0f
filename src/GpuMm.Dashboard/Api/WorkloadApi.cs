using System.Linq;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Dashboard.Workloads;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace GpuMm.Dashboard.Api;

/// <summary>Workloads that the service itself runs, so that there is something to see.</summary>
internal static class WorkloadApi
{
    public static void Map(RouteGroupBuilder api, RouteGroupBuilder device)
    {
        api.MapGet("/workloads", static (WorkloadService workloads) => workloads.Runs().Select(static run => run.View())).WithTags("Workloads").WithSummary("Workloads that run or ran.");
        api.MapGet("/workloads/names", static (WorkloadService workloads) => workloads.Names).WithTags("Workloads").WithSummary("The workloads that there are.");
        api.MapDelete("/workloads/{id:int}", Stop).WithTags("Workloads").WithSummary("Stops a workload and releases what it holds.");
        device.MapPost("/workloads", Start).WithTags("Workloads").WithSummary("Starts a workload.");
    }

    private static Created<WorkloadView> Start(string device, WorkloadRequest request, WorkloadService workloads, HttpContext context)
    {
        WorkloadRun run = workloads.Start(ClientScope.DeviceOf(context, device), request);
        return TypedResults.Created($"{ApiRoutes.Prefix}/workloads/{run.Id}", run.View());
    }

    private static NoContent Stop(int id, WorkloadService workloads) => workloads.Stop(id)
        ? TypedResults.NoContent()
        : throw new ApiException(StatusCodes.Status404NotFound, $"There is no workload {id}.");
}
