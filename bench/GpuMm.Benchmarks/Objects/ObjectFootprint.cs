using System;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Objects;

/// <summary>How much managed memory live objects take, and what of it is the account of their ranges.</summary>
internal static class ObjectFootprint
{
    private const ulong PageBytes = 4096;

    /// <summary>Bytes of one live object in video memory, and of those its range in the allocator and in the resource.</summary>
    /// <param name="count">How many live at a time.</param>
    public static (double AllBytes, double RangeBytes) Measure(int count)
    {
        // The allocator and a list of its own per range: what any user of the allocator keeps.
        long before = GC.GetTotalMemory(forceFullCollection: true);
        ISpaceAllocator allocator = SpaceAllocator.Create(SpaceAllocatorKind.Range, (ulong)count * PageBytes);
        RangeList[] lists = new RangeList[count];
        for (int i = 0; i < count; i++)
        {
            if (allocator.TryAllocate(new SpaceRequest(PageBytes, PageBytes), ref lists[i]) != MmStatus.Ok)
            {
                throw new InvalidOperationException("The range fits.");
            }
        }

        double ranges = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count;
        GC.KeepAlive(allocator);
        GC.KeepAlive(lists);
        (allocator, lists) = (null!, null!);

        GpuDeviceOptions options = new() { VramBytes = (ulong)count * PageBytes, Backing = BackingKind.None };
        before = GC.GetTotalMemory(forceFullCollection: true);
        using GpuDevice device = new(options, new InlineDriver());
        BufferObject[] objects = new BufferObject[count];
        for (int i = 0; i < count; i++)
        {
            OperationContext context = default;
            if (device.TryCreate(new BufferObjectDescription(PageBytes, "texture"), Placement.Vram, ref context, out BufferObject? made) != MmStatus.Ok)
            {
                throw new InvalidOperationException("The object fits.");
            }

            objects[i] = made!;
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        double all = ((after - before) / (double)count) - IntPtr.Size; // Without the array that holds them here.
        GC.KeepAlive(objects);
        return (all, ranges);
    }
}
