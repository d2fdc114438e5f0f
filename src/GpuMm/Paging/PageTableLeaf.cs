using System.Threading;

namespace GpuMm.Paging;

/// <summary>
/// A stretch of addresses under one lock: 512 entries, or one large entry in their place (2 MiB, or 1 GiB for a leaf that
/// stands beside a directory).
/// </summary>
/// <remarks>
/// The gate is one word: taken with an interlocked exchange (a full fence), given back with a release store, so whoever
/// takes it next sees every entry written and every byte copied under it. Regions are short and never wait, so a waiter
/// spins and yields. A monitor cost three times as much per access that hits (bench: PagingBenchmarks.ReadThatHits);
/// schedule exploration sees the exchange, and LeafGateTests holds the litmus test.
/// </remarks>
internal sealed class PageTableLeaf(ulong firstPage, ulong coverPages)
{
    public const int Bits = 9;
    public const int EntryCount = 1 << Bits;
    public const ulong IndexMask = EntryCount - 1;

    /// <summary>The virtual page of entry 0.</summary>
    public readonly ulong FirstPage = firstPage;

    /// <summary>A page belongs here when its bits under this mask are <see cref="FirstPage"/>.</summary>
    public readonly ulong CoverMask = ~(coverPages - 1);

    /// <summary>Packed <see cref="Pte"/>s; empty until the first small one, and under a large one. Lock: this leaf.</summary>
    public ulong[] Entries = [];

    /// <summary>The large entry, or 0. Lock: this leaf.</summary>
    public ulong Huge;

    /// <summary>Number of present small entries. Lock: this leaf.</summary>
    public int PresentCount;

    private int _gate; // 0 free, 1 taken

    /// <summary>Pages that a large entry here shows.</summary>
    public ulong CoverPages => ~CoverMask + 1;

    public bool Covers(ulong page) => (page & CoverMask) == FirstPage;

    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _gate, 1, 0) != 0)
        {
            EnterSlowly();
        }
    }

    public void Exit() => Volatile.Write(ref _gate, 0);

    private void EnterSlowly()
    {
        SpinWait spin = default;
        while (Interlocked.CompareExchange(ref _gate, 1, 0) != 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}
