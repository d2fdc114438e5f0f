using System.Runtime.CompilerServices;
using GpuMm.Eviction;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>The space that a buffer object holds in one domain.</summary>
/// <remarks>
/// Resources are reused: one that was released may soon belong to another object, so keep a reference only under the
/// reservation of its owner.
/// </remarks>
public sealed class Resource : LruNode
{
    private RangeList _ranges; // Lock: the manager's

    internal Resource(LruList first)
    {
        LastList = first; // So that it knows its manager from the start.
    }

    /// <summary>Who gave it out: the one whose lists it goes on.</summary>
    public ResourceManager Manager => Unsafe.As<ResourceManager>(LastList!.Owner!); // Only managers make lists for resources

    /// <summary>The domain.</summary>
    public MemoryDomain Domain => Manager.Domain;

    /// <summary>Whose it is; null while it is not in use.</summary>
    public BufferObject? Owner { get; internal set; }

    /// <summary>Size, bytes; whole pages.</summary>
    public ulong SizeBytes { get; internal set; }

    /// <summary>The flags of the place it was allocated for.</summary>
    public PlaceFlags Flags { get; internal set; }

    /// <summary>Where the CPU sees it on the bus; <c>default</c> while no one looks.</summary>
    public BusMapping Bus => Owner?.Device.BusMappingOf(this) ?? default;

    internal ushort GroupIndex { get; set; } // The group it is charged to; 0 for none

    /// <summary>True while the aperture's table shows its pages. Lock: its owner's reservation.</summary>
    public bool IsBound { get; internal set; }

    // Set when its owner was pinned here: a pinned object elsewhere has moved.
    internal bool IsPinnedHere { get; set; }

    /// <summary>First byte in the domain; 0 in system RAM.</summary>
    public ulong StartBytes => _ranges.Count == 0 ? 0 : _ranges[0].Range.StartBytes;

    /// <summary>Number of ranges it consists of; 0 in system RAM.</summary>
    public int RangeCount => _ranges.Count;

    internal bool IsRanked { get; set; } // Lock: the manager's

    internal bool IsUsedAside { get; set; } // Lock: the manager's; used while an eviction walk has it aside

    internal uint LastUse { get; set; } // Lock: the manager's; the hold of the reservation that was counted last

    internal ref RangeList Ranges => ref _ranges;

    /// <summary>One range.</summary>
    /// <param name="index">0 to <see cref="RangeCount"/> - 1.</param>
    public ByteRange RangeAt(int index) => _ranges[index].Range;

    /// <summary>The domain page behind a page of the object.</summary>
    /// <param name="pageIndex">Page of the object.</param>
    /// <param name="runPages">Pages that follow consecutively, this one included.</param>
    public ulong PageAt(ulong pageIndex, out ulong runPages)
    {
        ulong address = _ranges.AddressOf(Pages.Bytes(pageIndex), out ulong runBytes);
        runPages = runBytes >> Pages.Shift;
        return address >> Pages.Shift;
    }
}
