using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Primitives;

namespace GpuMm.Dashboard.Workloads;

/// <summary>
/// One client with as many objects of a page as the asked size holds, a million in 4 GiB; each frame uses some of them and
/// replaces a few. Shows how the service and its pages bear many objects.
/// </summary>
internal static class CrowdWorkload
{
    private const int UsedPerFrame = 256;
    private const int ReplacedPerFrame = 4;

    public static async Task RunAsync(SimulatedGpu gpu, WorkloadRequest request, WorkloadRun run)
    {
        Check(gpu.TryOpenSession("crowd", default, out GpuSession? opened, request.Group));
        using GpuSession crowd = opened!;
        int wanted = (int)Math.Min((ulong)gpu.Options.MaxObjectsPerClient, (ulong)(gpu.Options.Vram.Bytes * request.Oversubscription) / Pages.SizeBytes);
        List<uint> handles = new(wanted);
        while (handles.Count < wanted && !run.Stopping.IsCancellationRequested && TryCreate(crowd, handles.Count, out uint handle))
        {
            handles.Add(handle);
        }

        Prng random = new(request.Seed);
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1 / request.FramesPerSecond), gpu.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(run.Stopping).ConfigureAwait(false))
            {
                Frame(gpu, crowd, handles, random);
                run.CountFrame();
            }
        }
        catch (OperationCanceledException)
        {
            // Somebody stopped it.
        }
    }

    private static void Frame(SimulatedGpu gpu, GpuSession crowd, List<uint> handles, Prng random)
    {
        gpu.Driver.Pump();
        int count = Math.Min(UsedPerFrame, handles.Count);
        int first = (int)random.Below((uint)(handles.Count - count + 1));
        List<SubmitUse> uses = new(count);
        for (int i = 0; i < count; i++)
        {
            uses.Add(new SubmitUse(handles[first + i], Pages.SizeBytes));
        }

        Check(crowd.Submit(uses, 200_000, out _));
        for (int i = 0; i < Math.Min(ReplacedPerFrame, handles.Count); i++)
        {
            int index = (int)random.Below((uint)handles.Count);
            if (TryCreate(crowd, index, out uint handle))
            {
                Check(crowd.Destroy(handles[index]));
                handles[index] = handle;
            }
        }
    }

    private static bool TryCreate(GpuSession crowd, int number, out uint handle) =>
        crowd.Create(new ObjectRequest(Pages.SizeBytes, $"piece {number}"), out handle) is null;

    private static void Check(SessionError? error)
    {
        if (error is not null)
        {
            throw new InvalidOperationException(error.Message);
        }
    }
}
