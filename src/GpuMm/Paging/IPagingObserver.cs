using GpuMm.Backing;

namespace GpuMm.Paging;

/// <summary>Hears what the CPU did, after it was done and outside every lock: a timing model charges for it.</summary>
public interface IPagingObserver
{
    /// <summary>Whether <see cref="OnAccess"/> does anything; asked once. False makes a hit twice as cheap.</summary>
    bool WantsAccesses => true;

    /// <summary>A run of bytes was read or written through present entries.</summary>
    /// <param name="first">The first page touched.</param>
    /// <param name="caching">How the mapping is cached.</param>
    /// <param name="kind">Read or write.</param>
    /// <param name="sizeBytes">Bytes, at least 1; all in one memory.</param>
    void OnAccess(FrameIndex first, Caching caching, AccessKind kind, ulong sizeBytes);

    /// <summary>As <see cref="OnAccess"/>, and where; this is what an address space calls.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">The first byte.</param>
    /// <param name="first">The first page touched.</param>
    /// <param name="caching">How the mapping is cached.</param>
    /// <param name="kind">Read or write.</param>
    /// <param name="sizeBytes">Bytes, at least 1; all in one memory.</param>
    void OnAccessAt(AddressSpace space, ulong address, FrameIndex first, Caching caching, AccessKind kind, ulong sizeBytes) =>
        OnAccess(first, caching, kind, sizeBytes);

    /// <summary>A fault was handled.</summary>
    /// <param name="area">The area, or null when the address is not mapped.</param>
    /// <param name="result">What the handler answered.</param>
    /// <param name="insertedCount">Entries inserted.</param>
    void OnFault(VmArea? area, VmFaultResult result, int insertedCount);

    /// <summary>Entries of an area were revoked.</summary>
    /// <param name="area">The area.</param>
    /// <param name="zappedCount">Entries that were present; at least 1.</param>
    /// <remarks>Lock: called under the reservation of what moves; must not call back.</remarks>
    void OnZap(VmArea area, int zappedCount);

    /// <summary>An access came to nothing, or a fault without an access ended.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">Where.</param>
    /// <param name="kind">Read or write.</param>
    /// <param name="mayWait">False for <see cref="AddressSpace.TryFault"/>, which waits for nothing.</param>
    /// <param name="status">How it ended.</param>
    void OnAccessFaulted(AddressSpace space, ulong address, AccessKind kind, bool mayWait, MmStatus status)
    {
    }

    /// <summary>A range is about to be unmapped.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">First byte.</param>
    /// <param name="sizeBytes">Bytes.</param>
    /// <remarks>Lock: called under the address space's; must not call back. Likewise the next two.</remarks>
    void OnUnmap(AddressSpace space, ulong address, ulong sizeBytes)
    {
    }

    /// <summary>What a range allows is about to change.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">First byte.</param>
    /// <param name="sizeBytes">Bytes.</param>
    /// <param name="protection">What it will allow.</param>
    void OnProtect(AddressSpace space, ulong address, ulong sizeBytes, VmProtection protection)
    {
    }

    /// <summary>A range is about to show other file pages.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">First byte.</param>
    /// <param name="sizeBytes">Bytes.</param>
    /// <param name="filePage">The first of them.</param>
    void OnRemap(AddressSpace space, ulong address, ulong sizeBytes, ulong filePage)
    {
    }

    /// <summary>It is about to be forgotten which pages of a range were used.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">First byte.</param>
    /// <param name="sizeBytes">Bytes.</param>
    void OnForget(AddressSpace space, ulong address, ulong sizeBytes)
    {
    }
}
