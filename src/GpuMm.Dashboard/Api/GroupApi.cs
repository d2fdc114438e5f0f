using System;
using System.Linq;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace GpuMm.Dashboard.Api;

/// <summary>Groups of clients: a tree whose limits hold for all that is in a group together. For whoever runs the service.</summary>
internal static class GroupApi
{
    public static void Map(RouteGroupBuilder device)
    {
        RouteGroupBuilder groups = device.MapGroup("/groups").WithTags("Groups").ProducesProblem(StatusCodes.Status409Conflict);
        groups.MapGet("/", static (string device, HttpContext context) => Views.Of(context, device).Groups()).WithSummary("The groups of clients, each after the group that it lies in.");
        groups.MapGet("/{**path}", Get).WithSummary("One group, and what all in it are promised, may use and use.");
        groups.MapPut("/{**path}", MakeAsync).WithSummary("Makes a group; 409 when it is there already.")
            .WithDescription("A path is 1 to 8 names with '/' between them; all but the last are there already. Clients are put into it when they are opened.");
        groups.MapDelete("/{**path}", RemoveAsync).WithSummary("Removes a group that nothing is in.");
        device.MapPut("/group-limits/{domain}/{**path}", LimitAsync).WithTags("Groups").WithSummary("Sets what a group is promised in a domain (min, low) and may use there (max).")
            .WithDescription("Holds for all clients and groups in it together. What a client or group inside is promised counts only as far as the groups round it are promised as much. Refused with 409 while the group uses more than max.")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>A domain that has limits, by name.</summary>
    /// <exception cref="ApiException">There is none of that name.</exception>
    public static MemoryDomain DomainOf(string domain) => domain.ToUpperInvariant() switch
    {
        "VRAM" => MemoryDomain.Vram,
        "GTT" => MemoryDomain.Gtt,
        "SYSTEM" => MemoryDomain.System,
        _ => throw new ApiException(StatusCodes.Status400BadRequest, $"There is no domain '{domain}'; ask for vram, gtt or system."),
    };

    private static GroupView Get(string device, string path, HttpContext context) =>
        Views.Of(context, device).Groups().FirstOrDefault(each => string.Equals(each.Path, path, StringComparison.Ordinal))
        ?? throw new ApiException(StatusCodes.Status404NotFound, $"Device {device} has no group '{path}'.");

    private static async Task<Created<GroupView>> MakeAsync(string device, string path, HttpContext context)
    {
        SimulatedGpu gpu = ClientScope.DeviceOf(context, device);
        ApiException.ThrowIf(gpu.Groups.TryCreate(path));
        await gpu.KeepAsync().ConfigureAwait(false);
        return TypedResults.Created($"{ApiRoutes.Prefix}/devices/{gpu.Name}/groups/{path}", Get(device, path, context));
    }

    private static async Task<NoContent> RemoveAsync(string device, string path, HttpContext context)
    {
        SimulatedGpu gpu = ClientScope.DeviceOf(context, device);
        ApiException.ThrowIf(gpu.Groups.TryRemove(path));
        await gpu.KeepAsync().ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LimitAsync(string device, string domain, string path, DomainLimitsRequest request, HttpContext context)
    {
        SimulatedGpu gpu = ClientScope.DeviceOf(context, device);
        ApiException.ThrowIf(gpu.Groups.SetLimits(path, DomainOf(domain), request.ToLimits()));
        await gpu.KeepAsync().ConfigureAwait(false);
        return TypedResults.NoContent();
    }
}
