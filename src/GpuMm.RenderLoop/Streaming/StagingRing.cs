using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.RenderLoop.Frames;

namespace GpuMm.RenderLoop.Streaming;

/// <summary>
/// A pinned buffer in the aperture that the processor fills and the copy engine empties: how games upload textures whose
/// memory the processor does not see.
/// </summary>
/// <remarks>A part of the ring is filled again only when the copy that reads it is done.</remarks>
internal sealed class StagingRing
{
    /// <summary>Parts of the ring; one copy reads one part.</summary>
    private const int PartCount = 8;

    private readonly AccountingDriver _driver;
    private readonly AddressSpace _space;
    private readonly BufferObject _ring;
    private readonly VmArea _area;
    private readonly Fence[] _fences = new Fence[PartCount];
    private int _part;

    public StagingRing(GpuDevice device, AccountingDriver driver, AddressSpace space, ulong sizeBytes)
    {
        _driver = driver;
        _space = space;
        PartBytes = sizeBytes / PartCount;
        OperationContext context = default;
        MmStatus status = device.TryCreate(new BufferObjectDescription(PartBytes * PartCount, "staging"), Placement.Gtt, ref context, out BufferObject? made);
        if (status != MmStatus.Ok)
        {
            throw new DemoFailedException($"The staging buffer of {ByteSize.Format(sizeBytes)}: creating it answered {status}.");
        }

        _ring = made!;
        _ring.Reserve();
        _ring.Pin();
        _ring.Unreserve();
        _area = _ring.Map(space);
    }

    /// <summary>Most bytes of one upload.</summary>
    public ulong PartBytes { get; }

    public ulong RingId => _ring.Id;

    /// <summary>Waits for the next part to be free.</summary>
    /// <returns>Its first address; valid until <see cref="Upload"/>.</returns>
    public ulong BeginPart()
    {
        _part = (_part + 1) % PartCount;
        _driver.WaitFence(_fences[_part]);
        return _area.StartAddress + ((ulong)_part * PartBytes);
    }

    /// <summary>Writes into the part.</summary>
    public MmStatus Write(ulong address, ReadOnlySpan<byte> bytes) => _space.Write(address, bytes);

    /// <summary>Queues the copy of the part into an object.</summary>
    /// <param name="target">The object; not reserved by the caller.</param>
    /// <param name="firstPage">First page of the object.</param>
    /// <param name="pageCount">Pages; at most a part.</param>
    public void Upload(BufferObject target, ulong firstPage, ulong pageCount)
    {
        target.Reserve();
        CopyPages((ulong)_part * Pages.Count(PartBytes), target, firstPage, pageCount);
        target.Reservation.ReserveFences(1);
        Fence fence = _driver.QueueUpload(target, Pages.Bytes(pageCount));
        target.Reservation.AddFence(fence, FenceUsage.Write);
        target.Unreserve();
        _fences[_part] = fence;
    }

    private void CopyPages(ulong ringPage, BufferObject target, ulong firstPage, ulong pageCount)
    {
        PhysicalMemory memory = target.Device.Memory;
        while (pageCount > 0)
        {
            FrameIndex from = _ring.FrameAt(ringPage, out ulong fromRun);
            FrameIndex to = target.FrameAt(firstPage, out ulong toRun);
            ulong run = Math.Min(pageCount, Math.Min(fromRun, toRun));
            memory[from.MemoryIndex].CopyTo(Pages.Bytes(from.PageIndex), memory[to.MemoryIndex], Pages.Bytes(to.PageIndex), Pages.Bytes(run));
            ringPage += run;
            firstPage += run;
            pageCount -= run;
        }
    }
}
