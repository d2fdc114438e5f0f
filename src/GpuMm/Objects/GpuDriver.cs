using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;

namespace GpuMm.Objects;

/// <summary>
/// The driver port: what a driver supplies to the manager. The manager never asks which driver it has.
/// </summary>
/// <remarks>Source: ttm_device_funcs, for the set of calls.</remarks>
public abstract class GpuDriver : IPagingObserver
{
    /// <summary>The device that it serves; null before one was made with it.</summary>
    public GpuDevice? Device { get; internal set; }

    /// <inheritdoc/>
    public virtual bool WantsAccesses => true;

    /// <summary>The driver's time, ns, for events; 0 without a clock. Cheap, and callable under any lock.</summary>
    public virtual ulong NowNs => 0;

    /// <summary>How long from now until a fence signals, ns, as far as the driver knows it; for events.</summary>
    /// <param name="fence">A fence that it gave as an answer to a move.</param>
    public virtual ulong RemainingNs(Fence fence) => 0;

    /// <summary>Where an object goes that must make room. An empty placement drops its contents.</summary>
    /// <param name="victim">The object; its reservation is held.</param>
    public virtual Placement EvictionPlacement(BufferObject victim) =>
        victim.IsPurgeable ? Placement.Empty :
        victim.Device.PlacementOutOfSight(victim) is { } unseen ? unseen :
        victim.Resource?.Domain == MemoryDomain.Gtt ? Placement.System : Placement.GttThenSystem;

    /// <summary>Whether evicting an object would help a place.</summary>
    /// <param name="victim">The object; its reservation is held.</param>
    /// <param name="place">The place that is wanted.</param>
    public virtual bool IsEvictionValuable(BufferObject victim, in Place place) =>
        victim.Resource is { } resource &&
        (resource.Domain == MemoryDomain.System || resource.Manager.Intersects(resource, place));

    /// <summary>Moves the bytes of an object, or queues the copy.</summary>
    /// <param name="request">What to move. Work on the object's reservation must be done before its bytes are touched.</param>
    /// <remarks>Lock: the object's reservation. The mappings are revoked. May wait for fences.</remarks>
    public abstract MoveResult Move(in MoveRequest request);

    /// <summary>Waits until a fence is signalled.</summary>
    /// <param name="fence">A fence that this driver, or a client of the same clock, issued.</param>
    /// <remarks>Lock: none below a reservation is held.</remarks>
    public virtual void WaitFence(Fence fence) => fence.Context?.WaitBlocking(fence.Seqno);

    /// <summary>Waits until a fence is signalled, a limit is reached, or the wait is interrupted.</summary>
    /// <param name="fence">A fence that this driver, or a client of the same clock, issued.</param>
    /// <param name="limitNs">Most time to wait. A driver without a clock waits as long as it takes.</param>
    /// <param name="interrupt">Ends the wait early; null for never.</param>
    /// <returns><see cref="MmStatus.Ok"/>, <see cref="MmStatus.Busy"/> at the limit, or <see cref="MmStatus.Interrupted"/>.</returns>
    /// <remarks>Lock: none below a reservation is held.</remarks>
    public virtual MmStatus WaitFence(Fence fence, ulong limitNs, WaitInterrupt? interrupt)
    {
        if (fence.IsSignaled)
        {
            return MmStatus.Ok;
        }

        if (interrupt is { IsRaised: true })
        {
            return MmStatus.Interrupted;
        }

        WaitFence(fence);
        return MmStatus.Ok;
    }

    /// <summary>Makes the table of an object's system pages.</summary>
    /// <param name="target">The object; its reservation is held.</param>
    /// <param name="flags">What its kind asks for.</param>
    /// <returns>The table, without pages; null when there is no memory for it.</returns>
    public virtual TranslationTable? CreateTable(BufferObject target, TranslationFlags flags) =>
        new(target.SizeBytes, target.Caching, flags);

    /// <summary>The last reference to an object is gone, or it could not be created after all. The GPU may still use it.</summary>
    /// <param name="gone">The object; not to be kept.</param>
    /// <remarks>Lock: none of the object's. Source: release_notify.</remarks>
    public virtual void OnReleased(BufferObject gone)
    {
    }

    /// <summary>An object is about to lose its space and its pages, contents and all.</summary>
    /// <param name="target">
    /// The object; its reservation is held, and no mapping shows it. Also a ghost, which holds what a busy object gave up and
    /// which the driver has not seen before.
    /// </param>
    /// <remarks>Source: delete_mem_notify.</remarks>
    public virtual void OnMemoryDropped(BufferObject target)
    {
    }

    /// <summary>The pages of an object are about to go to the swap store.</summary>
    /// <param name="target">The object; its reservation is held, the GPU is done with it, and no mapping shows it.</param>
    /// <remarks>Source: swap_notify.</remarks>
    public virtual void OnSwapOut(BufferObject target)
    {
    }

    /// <summary>How the CPU's caches treat a mapping of a resource that is not made of system pages.</summary>
    /// <param name="resource">The resource.</param>
    public virtual Caching IoCaching(Resource resource) => Caching.WriteCombined;

    /// <inheritdoc/>
    public virtual void OnAccess(FrameIndex first, Caching caching, AccessKind kind, ulong sizeBytes)
    {
    }

    /// <inheritdoc/>
    public virtual void OnFault(VmArea? area, VmFaultResult result, int insertedCount)
    {
    }

    /// <inheritdoc/>
    public virtual void OnZap(VmArea area, int zappedCount)
    {
    }
}
