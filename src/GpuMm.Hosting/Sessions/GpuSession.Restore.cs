using System;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Hosting.Sessions;

/// <content>Making a client again that an earlier life of the service had. Nothing of this is written down.</content>
public sealed partial class GpuSession
{
    internal SessionError? RestoreObject(uint handle, ulong uid, in ObjectRequest request, out TrackedObject? tracked)
    {
        lock (_gate)
        {
            SessionError? error = _gpu.CreateTracked(request, Id, out tracked, _group);
            if (error is null)
            {
                tracked!.Uid = uid;
                _gpu.SessionTable.RestoreCounters(0, uid);
                _lastHandle = handle - 1;
                error = Adopt(tracked, out _);
            }

            return error;
        }
    }

    internal void RestoreHandle(uint handle, TrackedObject tracked)
    {
        lock (_gate)
        {
            tracked.CountHandle(1);
            _lastHandle = handle - 1;
            Enter(tracked);
        }
    }

    internal void RestoreLastHandle(uint lastHandle)
    {
        lock (_gate)
        {
            _lastHandle = Math.Max(_lastHandle, lastHandle);
        }
    }

    internal SessionError? RestoreMapping(uint handle, ulong address, VmProtection protection)
    {
        lock (_gate)
        {
            return TryEntry(handle, out HandleEntry entry, out SessionError? error) ? MapEntry(entry, protection, address) : error;
        }
    }

    // Past the page table, so that neither a mapping nor a move is needed.
    internal SessionError? RestoreBytes(TrackedObject tracked, ulong offsetBytes, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            ulong length = (ulong)bytes.Length;
            BufferObject target = tracked.Target;
            if (target.Window.PageCount == 0 || offsetBytes > target.SizeBytes || length > target.SizeBytes - offsetBytes)
            {
                return new SessionError(SessionErrorKind.Invalid, $"{length} bytes from byte {offsetBytes} do not lie in '{target.Name}'.");
            }

            VmArea area = target.Map(_space, VmProtection.ReadWrite);
            MmStatus status = _space.AccessRemote(area.StartAddress + offsetBytes, bytes.ToArray(), AccessKind.Write);
            _space.Unmap(area);
            return status == MmStatus.Ok ? null : SessionError.From(status, $"Restoring {length} bytes of '{target.Name}'");
        }
    }
}
