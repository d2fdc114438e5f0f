using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GpuMm.Dashboard.Api;

/// <summary>The addresses of the API.</summary>
internal static class ApiRoutes
{
    /// <summary>What all of them begin with.</summary>
    public const string Prefix = "/api/v1";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup(Prefix).ProducesProblem(StatusCodes.Status400BadRequest);
        RouteGroupBuilder device = api.MapGroup("/devices/{device}").ProducesProblem(StatusCodes.Status404NotFound);
        DeviceApi.Map(api, device);
        EventApi.Map(device);
        ClientApi.Map(device);
        GroupApi.Map(device);
        ObjectApi.Map(device);
        MemoryApi.Map(device);
        WorkApi.Map(device);
        WorkloadApi.Map(api, device);
    }
}
