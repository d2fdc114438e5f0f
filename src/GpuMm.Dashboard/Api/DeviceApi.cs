using System.Collections.Generic;
using System.Linq;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GpuMm.Dashboard.Api;

/// <summary>Devices as monitoring programs see them.</summary>
internal static class DeviceApi
{
    public static void Map(RouteGroupBuilder api, RouteGroupBuilder device)
    {
        api.MapGet("/devices", (IGpuMmProvider provider) => provider.Names.Select(name => Info(provider, name)).ToArray()).WithTags("Devices").WithSummary("Every device.");
        device.MapGet("/", static (string device, IGpuMmProvider provider, HttpContext context) => Info(provider, ClientScope.DeviceOf(context, device).Name)).WithTags("Devices").WithSummary("One device and its limits.");
        device.MapGet("/snapshot", static (string device, HttpContext context) => Views.Of(context, device).Snapshot()).WithTags("Devices").WithSummary("The device at a glance: at most 50 ms old.");
        device.MapGet("/heap/{domain}", Heap).WithTags("Devices").WithSummary("A domain by address, in at most so many cells.");
        device.MapGet("/rates", static (string device, HttpContext context, long afterNs = 0) => Views.Of(context, device).RateSamples(afterNs)).WithTags("Devices").WithSummary("Samples of rates after a time, oldest first.");
        device.MapGet("/objects", Search).WithTags("Devices").WithSummary("Searches objects of all clients.");
        device.MapGet("/objects/{id}", Detail).WithTags("Devices").WithSummary("One object and what is still known of its past.");
        device.MapGet("/dump", static (string device, HttpContext context) => TypedResults.Text(ClientScope.DeviceOf(context, device).Device.Dump()))
            .WithTags("Devices").WithSummary("All managers as a driver developer reads them. Walks over all objects.").Produces<string>(StatusCodes.Status200OK, "text/plain");
        device.MapPost("/validate", static (string device, HttpContext context) => new ValidationReply(ClientScope.DeviceOf(context, device).Device.Validate()))
            .WithTags("Devices").WithSummary("Checks every invariant of the device. Walks over all objects.");
    }

    private static DeviceInfo Info(IGpuMmProvider provider, string name)
    {
        SimulatedGpu gpu = provider.GetGpu(name);
        return new DeviceInfo(
            gpu.Name,
            gpu.Machine.Name,
            gpu.Machine.Description,
            gpu.Options.Speed,
            Words.Camel(gpu.Options.Backing.ToString()),
            provider.ViewOf(name).Snapshot().Domains,
            gpu.Options.MaxClients,
            gpu.Options.MaxObjectsPerClient,
            PlacementNames.All);
    }

    private static HeapMapView Heap(string device, string domain, HttpContext context, int cells = 1024)
    {
        MemoryDomain which = domain.ToUpperInvariant() switch
        {
            "VRAM" => MemoryDomain.Vram,
            "GTT" => MemoryDomain.Gtt,
            _ => throw new ApiException(StatusCodes.Status400BadRequest, $"'{domain}' has no addresses to show; ask for vram or gtt."),
        };
        return cells is >= 1 and <= 4096
            ? Views.Of(context, device).HeapMap(which, cells)
            : throw new ApiException(StatusCodes.Status400BadRequest, $"cells is {cells}; give 1 to 4096.");
    }

    private static ObjectPage Search(
        string device,
        HttpContext context,
        string? text = null,
        int? client = null,
        string? domain = null,
        ulong? minBytes = null,
        ulong? maxBytes = null,
        bool? misplaced = null,
        bool? pinned = null,
        ulong? firstAddress = null,
        ulong? endAddress = null,
        int offset = 0,
        int limit = 100)
    {
        if (offset < 0 || limit is < 0 or > 1000)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"offset is {offset} and limit {limit}; give an offset from 0 and a limit of 0 to 1000.");
        }

        return Views.Of(context, device).Search(new ObjectQuery(text, client, domain, minBytes, maxBytes, misplaced, pinned, firstAddress, endAddress, offset, limit));
    }

    private static ObjectDetail Detail(string device, ulong id, HttpContext context)
    {
        DeviceSnapshotService view = Views.Of(context, device);
        ObjectView? found = view.FindObject(id);
        IReadOnlyList<EventView> history = [.. view.History(id).Select(EventView.Of)];
        return found is null && history.Count == 0
            ? throw new ApiException(StatusCodes.Status404NotFound, $"Device {device} has no object {id}, and nothing is known of one any more.")
            : new ObjectDetail(found, history);
    }
}
