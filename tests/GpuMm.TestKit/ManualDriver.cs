using System.Collections.Generic;
using GpuMm.Fences;
using GpuMm.Objects;

namespace GpuMm.TestKit;

/// <summary>A driver whose copies end only when a test, or somebody who waits, says so.</summary>
public sealed class ManualDriver : GpuDriver
{
    public FenceContext Copies { get; } = new("copy");

    public List<string> Log { get; } = [];

    /// <summary>What a move answers instead of the usual, once per entry.</summary>
    public Queue<MoveResult> Scripted { get; } = new();

    public bool NeedsHop { get; set; }

    public override MoveResult Move(in MoveRequest request)
    {
        Log.Add($"{request.Target.Name}:{request.From?.Domain.ToString() ?? "none"}>{request.To.Domain}{(request.IsEviction ? "!" : "")}");
        if (Scripted.TryDequeue(out MoveResult scripted))
        {
            return scripted;
        }

        bool crosses = (request.From?.Domain, request.To.Domain) is (MemoryDomain.Vram, MemoryDomain.System) or (MemoryDomain.System, MemoryDomain.Vram);
        if (NeedsHop && crosses)
        {
            return MoveResult.Via(new Place(MemoryDomain.Gtt));
        }

        request.CopyContents();
        return request.CarriesBytes ? MoveResult.Queued(Copies.Issue()) : MoveResult.Done;
    }

    public override void WaitFence(Fence fence)
    {
        Log.Add($"wait {fence}");
        if (!fence.IsSignaled)
        {
            fence.Context!.SignalTo(fence.Seqno);
        }
    }
}
