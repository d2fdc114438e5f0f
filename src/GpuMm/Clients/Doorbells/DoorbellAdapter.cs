using System;
using System.Collections.Generic;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Clients.Doorbells;

/// <summary>
/// An infiniband adapter: programs ring it through one hardware page of 4 KiB each, and see their queues, through mappings
/// whose offset is a code.
/// </summary>
/// <remarks>
/// Lock: <c>_lock</c> for the queues and use counts, a leaf; a queue's own lock for its entries. Safe for concurrent use.
/// Source: the ehca driver (ehca_uverbs.c), behaviour only.
/// </remarks>
public sealed class DoorbellAdapter : IVmOperations
{
    private readonly RankedLock _lock = new(LockRank.Registry);
    private readonly Dictionary<uint, DoorbellQueue> _queues = []; // Lock: _lock
    private uint _lastHandle; // Lock: _lock

    /// <summary>The adapter's device file.</summary>
    public AddressMapping Mapping { get; } = new();

    /// <summary>Makes a queue for one program.</summary>
    /// <param name="owner">The program's addresses; nobody else may map the queue.</param>
    /// <param name="description">Where its parts are.</param>
    /// <exception cref="InvalidOperationException">All handles are taken.</exception>
    public DoorbellQueue CreateQueue(AddressSpace owner, in DoorbellQueueDescription description)
    {
        ArgumentNullException.ThrowIfNull(owner);
        using RankedLock.Scope scope = _lock.Enter();
        if (_lastHandle == DoorbellOffset.MaxHandle)
        {
            throw new InvalidOperationException("The adapter has no handle left: there are 2^25.");
        }

        DoorbellQueue queue = new(++_lastHandle, owner, description);
        _queues.Add(queue.Handle, queue);
        return queue;
    }

    /// <summary>Removes a queue that nobody maps.</summary>
    /// <param name="queue">The queue.</param>
    /// <returns><see cref="MmStatus.Ok"/>; <see cref="MmStatus.Busy"/> while a part of it is mapped.</returns>
    public MmStatus DestroyQueue(DoorbellQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        using RankedLock.Scope scope = _lock.Enter();
        foreach (int count in queue.UseCounts)
        {
            if (count != 0)
            {
                return MmStatus.Busy;
            }
        }

        _queues.Remove(queue.Handle);
        return MmStatus.Ok;
    }

    /// <summary>Maps a part of a queue.</summary>
    /// <param name="space">The program's addresses.</param>
    /// <param name="offset">Which part.</param>
    /// <param name="area">The area, or null.</param>
    /// <returns><see cref="MmStatus.Ok"/>; <see cref="MmStatus.InvalidArgument"/> for a stranger's or an unknown queue.</returns>
    public MmStatus TryMap(AddressSpace space, DoorbellOffset offset, out VmArea? area)
    {
        ArgumentNullException.ThrowIfNull(space);
        area = null;
        if (Find(offset) is not { } queue)
        {
            return MmStatus.InvalidArgument;
        }

        ulong pages = offset.Resource == DoorbellResource.Doorbell ? space.BasePageBytes >> Pages.Shift : (ulong)queue.Description.QueuePages;
        return space.TryMap(Mapping, this, new VmAreaDescription(offset.Window(pages), VmProtection.ReadWrite, queue), out area);
    }

    /// <summary>How many areas map a part of a queue.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="resource">The part.</param>
    public int UseCount(DoorbellQueue queue, DoorbellResource resource)
    {
        ArgumentNullException.ThrowIfNull(queue);
        using RankedLock.Scope scope = _lock.Enter();
        return queue.UseCounts[(int)resource];
    }

    /// <inheritdoc/>
    public MmStatus CheckMap(AddressSpace space, in VmAreaDescription description)
    {
        bool isOwn = DoorbellOffset.TryFromWindow(description.Window, out DoorbellOffset offset) &&
            Find(offset) is { } queue && ReferenceEquals(queue.Owner, space) && ReferenceEquals(queue, description.PrivateData);
        return isOwn ? MmStatus.Ok : MmStatus.InvalidArgument;
    }

    /// <inheritdoc/>
    public void Open(VmArea area) => Count(area, 1);

    /// <inheritdoc/>
    public void Close(VmArea area) => Count(area, -1);

    /// <inheritdoc/>
    public Reservation? LockOf(VmArea area) => QueueOf(area).Lock;

    /// <inheritdoc/>
    public VmFaultResult Fault(ref VmFault fault)
    {
        DoorbellQueue queue = QueueOf(fault.Area);
        DoorbellResource resource = ResourceOf(fault.Area);
        ulong page = unchecked(fault.Area.FilePageAt(fault.PageAddress) - DoorbellOffset.FirstPageOf(fault.Area.Window));
        ulong count = resource == DoorbellResource.Doorbell ? fault.Area.Space.BasePageBytes >> Pages.Shift : (ulong)queue.Description.QueuePages;
        if (page >= count)
        {
            return VmFaultResult.SigBus; // A remap cannot reach what the code does not name.
        }

        FrameIndex frame = queue.FrameOf(resource);
        queue.Lock.Lock();
        try
        {
            if (resource == DoorbellResource.Doorbell)
            {
                // Exactly the hardware's page, in whatever base page: the neighbours ring for other programs.
                fault.InsertSubPage(frame, Caching.Uncached, queue.Lock);
            }
            else
            {
                fault.InsertPte(new FrameIndex(frame.MemoryIndex, frame.PageIndex + page), Caching.Cached, queue.Lock);
            }
        }
        finally
        {
            queue.Lock.Unlock();
        }

        return VmFaultResult.NoPage;
    }

    private static DoorbellQueue QueueOf(VmArea area) => (DoorbellQueue)area.PrivateData!;

    private static DoorbellResource ResourceOf(VmArea area) => (DoorbellResource)((area.Window.FirstPage >> 21) & 3);

    private DoorbellQueue? Find(DoorbellOffset offset)
    {
        using RankedLock.Scope scope = _lock.Enter();
        return _queues.TryGetValue(offset.Handle, out DoorbellQueue? queue) && queue.Description.Kind == offset.Kind ? queue : null;
    }

    private void Count(VmArea area, int change)
    {
        using RankedLock.Scope scope = _lock.Enter();
        QueueOf(area).UseCounts[(int)ResourceOf(area)] += change;
    }
}
