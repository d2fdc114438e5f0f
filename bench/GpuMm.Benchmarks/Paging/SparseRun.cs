using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Benchmarks.Paging;

/// <summary>A terabyte mapped by one area, of which pages here and there are touched: what the page table then holds.</summary>
internal static class SparseRun
{
    private const ulong TerabytePages = (1ul << 40) >> Pages.Shift;

    /// <summary>Touches pages; answers managed bytes for each of them, measured on the heap.</summary>
    /// <param name="touches">How many pages.</param>
    /// <param name="runPages">How many of them lie side by side.</param>
    /// <param name="ownFigure">The page table's own account, bytes per page.</param>
    public static double BytesPerPage(int touches, int runPages, out double ownFigure)
    {
        using PhysicalMemory memory = new();
        memory.Add(0, MemoryBacking.Create(BackingKind.None, 1 << 16));
        AddressSpace space = new(memory);
        VmArea area = space.Map(
            new AddressMapping(), new OneFrame(), new VmAreaDescription(new PageWindow(0, TerabytePages), VmProtection.ReadWrite));
        Prng random = new(1);
        byte[] one = new byte[1];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        ulong ownBefore = space.PageTableBytes;
        for (int i = 0; i < touches; i += runPages)
        {
            ulong first = random.Next() % (TerabytePages - (ulong)runPages);
            for (ulong page = first; page < first + (ulong)runPages; page++)
            {
                if (space.Read(area.StartAddress + (page << Pages.Shift), one) != MmStatus.Ok)
                {
                    throw new InvalidOperationException("A mapped page can be read.");
                }
            }
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        ownFigure = (space.PageTableBytes - ownBefore) / (double)touches;
        GC.KeepAlive(space);
        return (after - before) / (double)touches;
    }

    // Every page shows the same frame, so that only the page table grows.
    private sealed class OneFrame : IVmOperations
    {
        private readonly Reservation _lock = new();

        public void Open(VmArea area)
        {
        }

        public void Close(VmArea area)
        {
        }

        public Reservation? LockOf(VmArea area) => _lock;

        public VmFaultResult Fault(ref VmFault fault)
        {
            _lock.Lock();
            fault.InsertPte(new FrameIndex(0, 0), Caching.Cached, _lock);
            _lock.Unlock();
            return VmFaultResult.NoPage;
        }
    }
}
