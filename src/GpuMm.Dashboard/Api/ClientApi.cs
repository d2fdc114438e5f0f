using System;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Dashboard.Service;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace GpuMm.Dashboard.Api;

/// <summary>Clients: open, keep alive, limit, close.</summary>
internal static class ClientApi
{
    public static void Map(RouteGroupBuilder device)
    {
        device.MapPost("/clients", OpenAsync).WithTags("Clients").WithSummary("Opens a client: a program that uses the device.")
            .WithDescription("All that a client holds is released when it is closed, when it is silent for longer than its lease, or when its hold ends.")
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        device.MapGet("/clients", (string device, HttpContext context) => Views.Of(context, device).Clients()).WithTags("Clients").WithSummary("The open clients, oldest first.");
        device.MapPut("/clients/{client:int}/limits", LimitAsync).WithTags("Clients").WithSummary("Changes what a client may hold. For whoever runs the service: needs no client's key.");
        device.MapGet("/clients/{client:int}/limits", Limits).WithTags("Clients").WithSummary("What a client may hold, and what it is promised, may use and uses in each domain. Needs no client's key.");
        device.MapPut("/clients/{client:int}/limits/{domain}", LimitDomainAsync).WithTags("Clients").WithSummary("Sets what a client is promised in a domain (min, low) and may use there (max). For whoever runs the service: needs no client's key.")
            .WithDescription("Up to min nothing of the client is evicted for others; up to low only when nobody else's would help; beyond max it makes room among its own. The domain is vram, gtt or system. Refused with 409 while the client uses more than max.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        RouteGroupBuilder client = device.MapGroup("/clients/{client:int}").WithTags("Clients");
        client.MapGet("/", static (ClientScope scope, HttpContext context) =>
            Views.Of(context, scope.Gpu.Name).Client(scope.Session)).WithSummary("One client.");
        client.MapDelete("/", CloseAsync).WithSummary("Closes a client and releases all that it holds.");
        client.MapPost("/heartbeat", static (ClientScope scope) => TypedResults.NoContent()).WithSummary("Says that the client lives. Every other request of it says so too.");
        client.MapGet("/fdinfo", static (ClientScope scope) => TypedResults.Text(scope.Session.FdInfo())).WithSummary("What it holds, in the keys that drivers show in fdinfo.").Produces<string>(StatusCodes.Status200OK, "text/plain");
        client.MapGet("/hold", HoldAsync).WithSummary("A connection that stands for the client: while it is open the lease does not run, and when it breaks all that the client holds is released.").Produces<string>(StatusCodes.Status200OK, "text/event-stream");
        client.MapPost("/open", OpenSharedAsync).WithSummary("Opens an object that another client shares.");
    }

    private static async Task<Created<OpenClientReply>> OpenAsync(
        string device, OpenClientRequest request, HttpContext context, ServeOptions options, ServiceLimits limits)
    {
        SimulatedGpu gpu = ClientScope.DeviceOf(context, device);
        double seconds = request.LeaseSeconds ?? Math.Clamp(options.UsualLease.TotalSeconds, limits.MinLeaseSeconds, limits.MaxLeaseSeconds);
        if (!(seconds >= limits.MinLeaseSeconds && seconds <= limits.MaxLeaseSeconds))
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"leaseSeconds is {seconds:0.###}; give {limits.MinLeaseSeconds:0.###} to {limits.MaxLeaseSeconds:0.###}.");
        }

        string key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        ApiException.ThrowIf(gpu.SessionTable.TryOpen(
            request.Name, new SessionLimits(request.MaxSize?.Bytes, request.MaxObjects), out GpuSession? opened, ClientScope.HashOf(key), TimeSpan.FromSeconds(seconds), request.Group));
        await gpu.KeepAsync().ConfigureAwait(false);
        return TypedResults.Created($"{ApiRoutes.Prefix}/devices/{gpu.Name}/clients/{opened!.Id}", new OpenClientReply(opened.Id, key, seconds));
    }

    private static async Task<NoContent> LimitAsync(string device, int client, LimitsRequest request, HttpContext context)
    {
        GpuSession session = Find(context, device, client);
        ApiException.ThrowIf(session.SetLimits(new SessionLimits(request.MaxSize?.Bytes, request.MaxObjects)));
        await session.Gpu.KeepAsync().ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LimitDomainAsync(string device, int client, string domain, DomainLimitsRequest request, HttpContext context)
    {
        GpuSession session = Find(context, device, client);
        ApiException.ThrowIf(session.SetDomainLimits(GroupApi.DomainOf(domain), request.ToLimits()));
        await session.Gpu.KeepAsync().ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static LimitsReply Limits(string device, int client, HttpContext context)
    {
        GpuSession session = Find(context, device, client);
        return new LimitsReply(session.Limits.MaxBytes, session.Limits.MaxObjects, DeviceSnapshotService.LimitsOf(session));
    }

    private static GpuSession Find(HttpContext context, string device, int client) =>
        ClientScope.DeviceOf(context, device).FindSession(client) ?? throw new ApiException(StatusCodes.Status404NotFound, $"Device {device} has no client {client}.");

    private static async Task<NoContent> CloseAsync(ClientScope scope)
    {
        scope.Session.Dispose();
        await scope.Gpu.KeepAsync().ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<Created<ObjectReply>> OpenSharedAsync(ClientScope scope, ShareRequest request, HttpContext context)
    {
        ApiException.ThrowIf(scope.Session.OpenShared(request.Name, out uint handle));
        await scope.Gpu.KeepAsync().ConfigureAwait(false);
        return TypedResults.Created($"objects/{handle}", ObjectApi.Reply(scope, context, handle));
    }

    private static async Task HoldAsync(ClientScope scope, HttpContext context, HoldKeeper holds)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        scope.Session.BeginHold();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, holds.Stopping);
        bool isServiceStopping = false;
        try
        {
            while (!scope.Session.IsReleased)
            {
                await context.Response.BodyWriter.WriteAsync("event: held\ndata: {}\n\n"u8.ToArray(), stop.Token).ConfigureAwait(false);
                await context.Response.BodyWriter.FlushAsync(stop.Token).ConfigureAwait(false);
                await Task.Delay(HoldKeeper.BeatPeriod, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            isServiceStopping = holds.Stopping.IsCancellationRequested;
        }
        finally
        {
            // When the service stops the client lives on, and has all its lease to come back.
            scope.Session.EndHold(isServiceStopping ? null : 0);
        }
    }
}
