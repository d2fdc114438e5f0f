using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.Views;
using GpuMm.Paging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace GpuMm.Dashboard.Api;

/// <summary>A client's objects: create, place, pin, purge, share, destroy.</summary>
internal static class ObjectApi
{
    public static void Map(RouteGroupBuilder device)
    {
        RouteGroupBuilder objects = device.MapGroup("/clients/{client:int}/objects").WithTags("Objects");
        objects.MapPost("/", CreateAsync).WithSummary("Creates an object in a placement, evicting others if it must.")
            .ProducesProblem(StatusCodes.Status507InsufficientStorage).ProducesProblem(StatusCodes.Status429TooManyRequests);
        objects.MapGet("/", List).WithSummary("The client's objects, in order of their handles.");
        RouteGroupBuilder one = objects.MapGroup("/{handle}");
        one.MapGet("/", static (ClientScope scope, uint handle, HttpContext context) => Reply(scope, context, handle)).WithSummary("One object.");
        one.MapDelete("/", static (ClientScope scope, uint handle) => DoAsync(scope, scope.Session.Destroy(handle)))
            .WithSummary("Gives the handle up; with the last one the object goes as soon as the GPU is done with it.");
        one.MapPost("/place", static (ClientScope scope, uint handle, PlacementRequest request) =>
            DoAsync(scope, scope.Session.Place(handle, request.Placement ?? PlacementNames.Usual))).WithSummary("Brings it somewhere now, and remembers the wish.");
        one.MapPost("/pin", static (ClientScope scope, uint handle, PlacementRequest? request) =>
            DoAsync(scope, scope.Session.Pin(handle, request?.Placement))).WithSummary("Forbids moves until unpinned as often.");
        one.MapPost("/unpin", static (ClientScope scope, uint handle) => DoAsync(scope, scope.Session.Unpin(handle))).WithSummary("Takes one pin back.");
        one.MapPost("/purge", static (ClientScope scope, uint handle) => DoAsync(scope, scope.Session.Purge(handle))).WithSummary("Drops the contents now; it reads as zero afterwards.");
        one.MapPut("/advice", AdviseAsync).WithSummary("Says whether the contents are needed; what is not may be dropped to make room.");
        one.MapPost("/share", static (ClientScope scope, uint handle, ShareRequest request) =>
            DoAsync(scope, scope.Session.Share(handle, request.Name))).WithSummary("Shares it: other clients open it by name.");
        one.MapPost("/map", MapAsync).WithSummary("Maps it into the client's address space.");
        one.MapDelete("/map", static (ClientScope scope, uint handle) => DoAsync(scope, scope.Session.Unmap(handle))).WithSummary("Takes the mapping away.");
    }

    public static ObjectReply Reply(ClientScope scope, HttpContext context, uint handle) => scope.Session.Find(handle) is { } tracked
        ? new ObjectReply(handle, Views.Of(context, scope.Gpu.Name).View(tracked))
        : throw new ApiException(StatusCodes.Status404NotFound, $"The client has no handle {handle}; list its objects to see which it has.");

    private static async Task<Created<ObjectReply>> CreateAsync(ClientScope scope, CreateObjectRequest request, HttpContext context)
    {
        ObjectRequest wanted = new(
            request.Size.Bytes, request.Name, request.Placement, request.Caching, request.Priority, request.Alignment?.Bytes ?? 0, request.Kind);
        ApiException.ThrowIf(scope.Session.Create(wanted, out uint handle));
        await scope.Gpu.KeepAsync().ConfigureAwait(false);
        return TypedResults.Created($"objects/{handle}", Reply(scope, context, handle));
    }

    private static IEnumerable<ObjectReply> List(ClientScope scope, HttpContext context, int offset = 0, int limit = 1000)
    {
        DeviceSnapshotService view = Views.Of(context, scope.Gpu.Name);
        return scope.Session.Objects().Skip(offset < 0 ? 0 : offset).Take(limit is < 0 or > 10_000 ? 10_000 : limit).Select(each => new ObjectReply(each.Key, view.View(each.Value)));
    }

    private static async Task<AdviceReply> AdviseAsync(ClientScope scope, uint handle, AdviceRequest request)
    {
        ApiException.ThrowIf(scope.Session.Advise(handle, request.IsNeeded, out bool isRetained));
        await scope.Gpu.KeepAsync().ConfigureAwait(false);
        return new AdviceReply(isRetained);
    }

    private static async Task<MapReply> MapAsync(ClientScope scope, uint handle, MapRequest? request)
    {
        MapRequest wanted = request ?? new MapRequest();
        VmProtection protection = (wanted.Read ? VmProtection.Read : VmProtection.None) | (wanted.Write ? VmProtection.Write : VmProtection.None);
        ApiException.ThrowIf(scope.Session.Map(handle, protection, out ulong address));
        await scope.Gpu.KeepAsync().ConfigureAwait(false);
        return new MapReply(address, scope.Session.Find(handle)!.Target.SizeBytes);
    }

    private static async Task<NoContent> DoAsync(ClientScope scope, SessionError? error)
    {
        ApiException.ThrowIf(error);
        await scope.Gpu.KeepAsync().ConfigureAwait(false);
        return TypedResults.NoContent();
    }
}
