using System;
using GpuMm.Backing;
using GpuMm.Eviction;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>The sizes of a device. All are whole pages.</summary>
public sealed record GpuDeviceOptions
{
    /// <summary>Most that <see cref="Dma32LimitBytes"/> may be: half of what such pages can be.</summary>
    public const ulong MaxDma32LimitBytes = 1ul << 31;

    /// <summary>Video memory, bytes; at least one page.</summary>
    public ulong VramBytes { get; init; } = 256ul << 20;

    /// <summary>How much of it the CPU sees through the bus window (BAR); null for all.</summary>
    public ulong? VisibleVramBytes { get; init; }

    /// <summary>The AGP/GART aperture, bytes; at least one page.</summary>
    public ulong ApertureBytes { get; init; } = 256ul << 20;

    /// <summary>System RAM that objects may use, bytes; at least one page.</summary>
    public ulong SystemBytes { get; init; } = 1ul << 30;

    /// <summary>
    /// A bus window that is smaller than the visible part and is pointed at one object after the other, bytes; null when the
    /// whole visible part can be seen at once.
    /// </summary>
    public ulong? IoWindowBytes { get; init; }

    /// <summary>Who goes first, by name: see <see cref="Eviction.EvictionPolicies"/>.</summary>
    public string EvictionPolicy { get; init; } = EvictionPolicies.DefaultName;

    /// <summary>Gives out video memory.</summary>
    /// <remarks><see cref="SpaceAllocatorKind.Bins"/> knows no windows, so it needs all of the memory to be visible.</remarks>
    public SpaceAllocatorKind VramAllocator { get; init; } = SpaceAllocatorKind.Range;

    /// <summary>Gives out the aperture.</summary>
    public SpaceAllocatorKind ApertureAllocator { get; init; } = SpaceAllocatorKind.Range;

    /// <summary>
    /// Pages of system RAM have no place: only their number counts (<see cref="ScatteredSpace"/>). Nothing that objects do shows
    /// it, for a table leads to each page; only without contents.
    /// </summary>
    public bool ScattersSystem { get; init; }

    /// <summary>
    /// Objects in the aperture have no place of their own there either, as in amdgpu's GTT while no window is asked for: it is full
    /// when its bytes are, never for its holes. In place of <see cref="ApertureAllocator"/>; only without contents and table.
    /// </summary>
    public bool ScattersAperture { get; init; }

    /// <summary>How much of the contents is kept.</summary>
    public BackingKind Backing { get; init; } = BackingKind.Bytes;

    /// <summary>
    /// An object whose group is still below its own low mark evicts what nothing protects at once, instead of first trying
    /// its less wanted places, and what protects a group from another counts from the group that both lie in, not from the root.
    /// Off, as in Linux 6.14; on, as in the series of 2026.
    /// </summary>
    public bool ProtectedGroupsEvictFirst { get; init; }

    /// <summary>Pages of system RAM that objects may use before others are swapped out for them, bytes; null for no limit.</summary>
    public ulong? PageLimitBytes { get; init; }

    /// <summary>Freed pages kept by caching and order for reuse, bytes at most; 0 for none.</summary>
    public ulong PagePoolBytes { get; init; }

    /// <summary>The pool keeps pages of the DMA allocator: lists of its own, cached pages too.</summary>
    public bool PoolUsesDmaAllocator { get; init; }

    /// <summary>The pool gives out pages below 4 GiB only, and <see cref="Dma32LimitBytes"/> holds beside the other limit.</summary>
    public bool PoolUsesDma32 { get; init; }

    /// <summary>
    /// With <see cref="PoolUsesDma32"/>: pages that objects may use before others are swapped out for them, bytes, 0 to
    /// <see cref="MaxDma32LimitBytes"/>. Pages that an object brought itself do not count. Source: ttm_dma32_pages_limit.
    /// </summary>
    public ulong Dma32LimitBytes { get; init; } = MaxDma32LimitBytes;

    /// <summary>When the aperture's table is written; <see cref="GartMode.None"/> keeps no table.</summary>
    public GartMode Gart { get; init; }

    /// <summary>Where devices on the bus see the first byte of system RAM; not 0, so that no page has the address 0.</summary>
    public ulong DmaBaseBytes { get; init; } = 1ul << 40;

    /// <summary>Pages of the device file, of which each object that can be mapped takes its own; at least 1. They are not used again.</summary>
    public ulong MappablePages { get; init; } = 1ul << 51; // 63 bits of file offset and 12 of page

    /// <summary>Where pages go when there are too many; null for nowhere. The device does not dispose it.</summary>
    public SwapStore? Swap { get; init; }

    /// <summary>Most time to wait for work on an object that must move, ns.</summary>
    public ulong MoveWaitLimitNs { get; init; } = 15_000_000_000;

    /// <summary>Most time to wait for work on an object that was deleted and is in the way, ns.</summary>
    public ulong ReleaseWaitLimitNs { get; init; } = 30_000_000_000;

    /// <summary>Answer <see cref="MmStatus.NoSpace"/>, not <see cref="MmStatus.OutOfMemory"/>, when no place has room.</summary>
    public bool PropagateNoSpace { get; init; }

    /// <summary>
    /// One thread uses the device from its first object to its end, as a simulation does: its locks are then not atomic, which are a
    /// dozen and a half for an object that evicts another. Reservations stay as they are. Two threads break it, and only debug builds
    /// notice.
    /// </summary>
    public bool IsSingleThreaded { get; init; }

    /// <summary>
    /// Contents are compared before and after every move, swap and suspend, and <see cref="GpuDevice.Validate"/> tells what
    /// differs. For tests of drivers that copy when they are asked; costs a pass over the bytes.
    /// </summary>
    public bool ChecksContents { get; init; }

    // The lesser of the limits that hold; null for none.
    internal ulong? PageLimitThatHoldsBytes =>
        PoolUsesDma32 ? Math.Min(Dma32LimitBytes, PageLimitBytes ?? ulong.MaxValue) : PageLimitBytes;

    internal void Check()
    {
        CheckSize(VramBytes, nameof(VramBytes));
        CheckSize(ApertureBytes, nameof(ApertureBytes));
        CheckSize(SystemBytes, nameof(SystemBytes));
        if (MappablePages == 0 || DmaBaseBytes == 0 || DmaBaseBytes % Pages.SizeBytes != 0)
        {
            throw new ArgumentOutOfRangeException(
                MappablePages == 0 ? nameof(MappablePages) : nameof(DmaBaseBytes),
                MappablePages == 0 ? MappablePages : DmaBaseBytes,
                "The device file has at least one page, and the bus sees system RAM from a page above address 0 on.");
        }

        CheckDma32(Dma32LimitBytes, nameof(Dma32LimitBytes));
        CheckVisible(VisibleVramBytes ?? VramBytes, VramBytes, VramAllocator, nameof(VisibleVramBytes));
        CheckScattered(ScattersSystem, Backing != BackingKind.None || Swap is not null || PagePoolBytes != 0, nameof(ScattersSystem));
        CheckScattered(ScattersAperture, Backing != BackingKind.None || Swap is not null || Gart != GartMode.None, nameof(ScattersAperture));
    }

    private static void CheckDma32(ulong limitBytes, string name)
    {
        if (limitBytes > MaxDma32LimitBytes)
        {
            throw new ArgumentOutOfRangeException(name, limitBytes, "Of the pages below 4 GiB objects may use 2 GiB at most.");
        }
    }

    private static void CheckScattered(bool isScattered, bool needsPlaces, string name)
    {
        if (isScattered && needsPlaces)
        {
            throw new ArgumentOutOfRangeException(name, isScattered, "Pages without a place have no contents, pool, swap store or aperture table.");
        }
    }

    private static void CheckVisible(ulong visibleBytes, ulong vramBytes, SpaceAllocatorKind allocator, string name)
    {
        if (visibleBytes % Pages.SizeBytes != 0 || visibleBytes > vramBytes)
        {
            throw new ArgumentOutOfRangeException(
                name, visibleBytes, "The visible part is whole 4 KiB pages and at most the video memory.");
        }

        if (allocator == SpaceAllocatorKind.Bins && visibleBytes != vramBytes)
        {
            throw new ArgumentOutOfRangeException(
                name, visibleBytes, "Bins know no windows: choose the range or buddy allocator, or make all video memory visible.");
        }
    }

    private static void CheckSize(ulong sizeBytes, string name)
    {
        if (sizeBytes == 0 || sizeBytes % Pages.SizeBytes != 0)
        {
            throw new ArgumentOutOfRangeException(name, sizeBytes, "A memory is a whole number of 4 KiB pages, at least one.");
        }
    }
}
