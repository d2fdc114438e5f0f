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
}
