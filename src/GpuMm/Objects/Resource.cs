using System.Runtime.CompilerServices;
using GpuMm.Backing;
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
    // 96 bytes with the header, of which the ranges take 40. Marks change under the manager's lock, kept bits under the
    // reservation of the owner.
    private const byte LeavingMark = 2;
    private const byte RankedMark = 4;
    private const byte UsedAsideMark = 8;
    private const byte FlagsMask = 0x1f; // Kept bits: the flags of the place, then two of our own
    private const byte BoundBit = 0x20;
    private const byte PinnedBit = 0x40;

    private RangeList _ranges; // Lock: the manager's
    private BufferObject? _owner;
    private byte _kept;

    internal Resource(LruList first)
    {
        LastList = first; // So that it knows its manager from the start.
    }

    /// <summary>Who gave it out: the one whose lists it goes on.</summary>
    public ResourceManager Manager => Unsafe.As<ResourceManager>(LastList!.Owner!); // Only managers make lists for resources

    /// <summary>The domain.</summary>
    public MemoryDomain Domain => Manager.Domain;

    /// <summary>Whose it is; null while it is not in use.</summary>
    public BufferObject? Owner
    {
        get => Is(LeavingMark) ? null : _owner;
        internal set
        {
            _owner = value;
            Mark(LeavingMark, isSet: false);
        }
    }

    /// <summary>Size, bytes; whole pages. 0 while it is not in use.</summary>
    public ulong SizeBytes => _owner?.SizeBytes ?? 0;

    /// <summary>The flags of the place it was allocated for.</summary>
    public PlaceFlags Flags
    {
        get => (PlaceFlags)(_kept & FlagsMask);
        internal set => _kept = (byte)((_kept & ~FlagsMask) | (byte)value);
    }

    /// <summary>Where the CPU sees it on the bus; <c>default</c> while no one looks.</summary>
    public BusMapping Bus => Owner?.Device.BusMappingOf(this) ?? default;

    internal ushort GroupIndex { get; set; } // The group it is charged to; 0 for none

    /// <summary>True while the aperture's table shows its pages. Lock: its owner's reservation.</summary>
    public bool IsBound
    {
        get => (_kept & BoundBit) != 0;
        internal set => Keep(BoundBit, value);
    }

    // Set when its owner was pinned here: a pinned object elsewhere has moved. Lock: its owner's reservation.
    internal bool IsPinnedHere
    {
        get => (_kept & PinnedBit) != 0;
        set => Keep(PinnedBit, value);
    }

    /// <summary>First byte in the domain; 0 in system RAM.</summary>
    public ulong StartBytes => _ranges.Count == 0 ? 0 : _ranges[0].Range.StartBytes;

    /// <summary>Number of ranges it consists of; 0 in system RAM.</summary>
    public int RangeCount => _ranges.Count;

    // Lock: the manager's.
    internal bool IsRanked
    {
        get => Is(RankedMark);
        set => Mark(RankedMark, value);
    }

    // Used while an eviction walk has it aside. Lock: the manager's.
    internal bool IsUsedAside
    {
        get => Is(UsedAsideMark);
        set => Mark(UsedAsideMark, value);
    }

    internal uint LastUse { get; set; } // Lock: the manager's; the hold of the reservation that was counted last

    internal ref RangeList Ranges => ref _ranges;

    /// <summary>It has no owner any more, but still the size of the last one: a copy out of it runs. Lock: the manager's.</summary>
    internal void LeaveOwner() => Mark(LeavingMark, isSet: true);

    /// <summary>Fetches who stands beside it in the order: it will soon be moved there. Lock: none, it may be wrong.</summary>
    internal void PrefetchNeighbours()
    {
        Prefetch.Object(Previous);
        Prefetch.Object(Next);
    }

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

    private void Keep(byte bit, bool isSet) => _kept = isSet ? (byte)(_kept | bit) : (byte)(_kept & ~bit);
}
