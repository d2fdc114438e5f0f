using System;
using GpuMm.Fences;

namespace GpuMm.Paging;

/// <content>CPU accesses.</content>
public sealed partial class AddressSpace
{
    /// <summary>Reads bytes, faulting as often as it takes.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="into">Receives them; on failure the bytes before the failing page were read.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>, <see cref="MmStatus.AccessViolation"/>, <see cref="MmStatus.BusError"/> or
    /// <see cref="MmStatus.OutOfMemory"/>.
    /// </returns>
    /// <remarks>Lock: none may be held. Cost: one leaf lock per 2 MiB that hits; no managed allocation.</remarks>
    public MmStatus Read(ulong address, Span<byte> into) => Read(address, into, interrupt: null);

    /// <summary>Reads bytes as long as no signal comes in between.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="into">Receives them; on failure the bytes before the failing page were read.</param>
    /// <param name="interrupt">Breaks off whatever a fault would wait for; null for never.</param>
    /// <returns>As without it, or <see cref="MmStatus.Interrupted"/>: the access may be repeated.</returns>
    /// <remarks>An access that need not wait succeeds also when the signal is raised.</remarks>
    public MmStatus Read(ulong address, Span<byte> into, WaitInterrupt? interrupt)
    {
        int faults = 0;
        while (!into.IsEmpty)
        {
            int count = PageTable.ReadHits(address, into, out Pte first);
            if (count == 0)
            {
                MmStatus status = Fault(address, AccessKind.Read, interrupt, ref faults);
                if (status != MmStatus.Ok)
                {
                    _observer?.OnAccessFaulted(this, address, AccessKind.Read, mayWait: true, status);
                    return status;
                }

                continue;
            }

            _accessObserver?.OnAccessAt(this, address, first.Frame, first.Caching, AccessKind.Read, (ulong)count);
            into = into[count..];
            address += (ulong)count;
            faults = 0;
        }

        return MmStatus.Ok;
    }

    /// <summary>Writes bytes, faulting as often as it takes.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="from">The bytes; on failure those before the failing page were written.</param>
    /// <returns>As <see cref="Read(ulong, Span{byte})"/>.</returns>
    /// <remarks>Lock: none may be held. Cost: one leaf lock per 2 MiB that hits; no managed allocation.</remarks>
    public MmStatus Write(ulong address, ReadOnlySpan<byte> from) => Write(address, from, interrupt: null);

    /// <summary>Writes bytes as long as no signal comes in between.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="from">The bytes; on failure those before the failing page were written.</param>
    /// <param name="interrupt">Breaks off whatever a fault would wait for; null for never.</param>
    /// <returns>As without it, or <see cref="MmStatus.Interrupted"/>: the access may be repeated.</returns>
    /// <remarks>An access that need not wait succeeds also when the signal is raised.</remarks>
    public MmStatus Write(ulong address, ReadOnlySpan<byte> from, WaitInterrupt? interrupt)
    {
        int faults = 0;
        while (!from.IsEmpty)
        {
            int count = PageTable.WriteHits(address, from, out Pte first);
            if (count == 0)
            {
                MmStatus status = Fault(address, AccessKind.Write, interrupt, ref faults);
                if (status != MmStatus.Ok)
                {
                    _observer?.OnAccessFaulted(this, address, AccessKind.Write, mayWait: true, status);
                    return status;
                }

                continue;
            }

            _accessObserver?.OnAccessAt(this, address, first.Frame, first.Caching, AccessKind.Write, (ulong)count);
            from = from[count..];
            address += (ulong)count;
            faults = 0;
        }

        return MmStatus.Ok;
    }
}
