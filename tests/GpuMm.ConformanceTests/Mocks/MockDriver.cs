using GpuMm.Fences;
using GpuMm.Objects;

namespace GpuMm.ConformanceTests;

/// <summary>The upstream mock device: no bytes of its own, a hop between video memory and the system.</summary>
public sealed class MockDriver : GpuDriver
{
    public const MemoryDomain Mock1 = MemoryDomain.Private0;
    public const MemoryDomain Mock2 = MemoryDomain.Private1;

    private static readonly Placement s_system = new(new Place(MemoryDomain.System, PlaceFlags.Fallback));
    private static readonly Placement s_mock1 = new(new Place(Mock1, PlaceFlags.Fallback));
    private static readonly Placement s_mock2 = new(new Place(Mock2, PlaceFlags.Fallback));

    /// <summary>The bad-evict device: everything is evicted to the first private domain.</summary>
    public bool EvictsToMock1 { get; init; }

    /// <summary>The factory makes no tables.</summary>
    public bool HasNoTables { get; set; }

    public int Waits { get; private set; }

    public override Placement EvictionPlacement(BufferObject victim) => EvictsToMock1 ? s_mock1 : victim.Resource!.Domain switch
    {
        MemoryDomain.Gtt => s_mock2,
        Mock1 => Placement.Empty,
        _ => s_system,
    };

    public override MoveResult Move(in MoveRequest request)
    {
        if (request.From is null || (request.From.Domain == MemoryDomain.System && request.Target.Pages is null))
        {
            return MoveResult.Done;
        }

        if (request.From.Domain == MemoryDomain.Vram && request.To.Domain == MemoryDomain.System)
        {
            return MoveResult.Via(new Place(MemoryDomain.Gtt));
        }

        request.CopyContents();
        return MoveResult.Done;
    }

    public override TranslationTable? CreateTable(BufferObject target, TranslationFlags flags) =>
        HasNoTables ? null : base.CreateTable(target, flags);

    public override void WaitFence(Fence fence)
    {
        Waits++;
        fence.Context?.SignalTo(fence.Seqno);
    }
}
