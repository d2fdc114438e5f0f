using System;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Accesses of debuggers, past the page table.</content>
internal sealed partial class BufferObjectVmOperations
{
    public MmStatus Access(VmArea area, ulong offsetBytes, Span<byte> bytes, AccessKind kind)
    {
        BufferObject target = ObjectOf(area);
        target.Reservation.Lock();
        try
        {
            ulong startNs = device.IsObserved ? device.Driver.NowNs : 0;
            MmStatus status = AccessReserved(target, area, offsetBytes, bytes, kind);
            RaiseRemote(target, area, offsetBytes, (ulong)bytes.Length, kind, status, startNs);
            return status;
        }
        finally
        {
            target.Reservation.Unlock();
        }
    }

    private MmStatus AccessReserved(BufferObject target, VmArea area, ulong offsetBytes, Span<byte> bytes, AccessKind kind)
    {
        ulong length = (ulong)bytes.Length;
        if (offsetBytes > area.SizeBytes || length > area.SizeBytes - offsetBytes || device.IsUnplugged)
        {
            return MmStatus.BusError;
        }

        while (target.Reservation.TryGetUnsignaled(FenceUsage.Kernel, out Fence fence))
        {
            device.WaitFence(fence, target);
        }

        if (device.MakeReachable(target) != MmStatus.Ok)
        {
            return MmStatus.BusError;
        }

        while (!bytes.IsEmpty)
        {
            // Page by page: neither the pages of the object nor those of the area need follow each other.
            ulong filePage = area.FilePageAt(area.StartAddress + offsetBytes);
            if (filePage < target.Window.FirstPage || filePage >= target.Window.EndPage)
            {
                return MmStatus.BusError;
            }

            ulong inPage = offsetBytes % Pages.SizeBytes;
            int count = (int)Math.Min((ulong)bytes.Length, Pages.SizeBytes - inPage);
            FrameIndex frame = target.FrameAt(filePage - target.Window.FirstPage, out _);
            if (kind == AccessKind.Write)
            {
                device.Memory.Write(frame, inPage, bytes[..count]);
            }
            else
            {
                device.Memory.Read(frame, inPage, bytes[..count]);
            }

            bytes = bytes[count..];
            offsetBytes += (ulong)count;
        }

        return MmStatus.Ok;
    }

    private void RaiseRemote(
        BufferObject target, VmArea area, ulong offsetBytes, ulong sizeBytes, AccessKind kind, MmStatus status, ulong startNs)
    {
        ulong address = area.StartAddress + offsetBytes;
        while (device.IsObserved && sizeBytes > 0)
        {
            // As for other accesses: where the pages of the area do not follow each other, neither do the object's.
            ulong runBytes = area.IsNonLinear ? Math.Min(sizeBytes, Pages.SizeBytes - (address % Pages.SizeBytes)) : sizeBytes;
            ulong page = unchecked(area.FilePageAt(address) - target.Window.FirstPage);
            bool isInside = page < target.Window.PageCount;
            sizeBytes -= runBytes;
            DeviceEvent occurred = new()
            {
                Kind = DeviceEventKind.RemoteAccess,
                OffsetBytes = isInside ? Pages.Bytes(page) + (address % Pages.SizeBytes) : target.SizeBytes,
                SizeBytes = runBytes,
                Detail = (kind == AccessKind.Write ? 1ul : 0) | (sizeBytes > 0 ? 2ul : 0),
                RelatedId = address,
                Count = area.Space.Number,
                Status = status,
                DurationNs = device.Driver.NowNs - startNs,
            };
            device.Raise(occurred, target);
            address += runBytes;
        }
    }
}
