using System.Runtime.CompilerServices;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Paging;

namespace GpuMm.Objects;

/// <content>Requests of programs, told with all that a repetition needs.</content>
public sealed partial class GpuDevice
{
    // Of reservations that are no objects.
    private readonly ConditionalWeakTable<Reservation, StrongBox<ulong>> _reservationNumbers = [];
    private ulong _lastReservation;
    private int _lastSpace;

    /// <summary>An address space whose accesses and faults this device's driver accounts for.</summary>
    /// <param name="options">Page sizes; null for pages of 4 KiB.</param>
    public AddressSpace CreateAddressSpace(AddressSpaceOptions? options = null)
    {
        AddressSpace made = new(Memory, new PagingCounter(this), options) { Number = Interlocked.Increment(ref _lastSpace) };
        if (IsObserved)
        {
            Raise(new DeviceEvent
            {
                Kind = DeviceEventKind.SpaceOpened,
                RelatedId = (ulong)made.Number,
                SizeBytes = made.BasePageBytes,
                Detail = options is { UsesHugePages: true } ? 1ul : 0,
            });
        }

        return made;
    }

    /// <summary>What a program asks for: its <see cref="BufferObject.Validate"/>.</summary>
    internal MmStatus ValidateAsked(BufferObject target, Placement placement, ref OperationContext context)
    {
        if (!IsObserved)
        {
            return ValidateUnobserved(target, placement, ref context);
        }

        RequestCode request = RequestOf(context, target); // Before: the context is changed on the way.
        return ValidateObserved(target, placement, ref context, request);
    }

    /// <summary>The number of a reservation: twice the id of an object that is one, else odd.</summary>
    internal ulong NumberOf(Reservation reservation) => reservation is BufferObject owner
        ? owner.Id << 1
        : _reservationNumbers.GetValue(reservation, _ => new StrongBox<ulong>((Interlocked.Increment(ref _lastReservation) << 1) | 1)).Value;

    private RequestCode RequestOf(in OperationContext context, BufferObject? target)
    {
        bool holdsOwn = context.HeldReservation is { } held && ReferenceEquals(held, target?.Reservation);
        RequestFlags flags = RequestFlags.Asked |
            (context.NoWaitGpu ? RequestFlags.NoWaitGpu : 0) |
            (context.AllowReservedEviction ? RequestFlags.AllowsReservedEviction : 0) |
            (context.ForceAllocate ? RequestFlags.ForcesAllocation : 0) |
            (context.Interrupt is { IsRaised: true } ? RequestFlags.IsInterrupted : 0) |
            (target?.Reservation.Ticket is not null ? RequestFlags.HasTicket : 0) |
            (holdsOwn ? RequestFlags.HoldsOwn : 0);
        return new RequestCode(flags, holdsOwn || context.HeldReservation is null ? 0 : NumberOf(context.HeldReservation));
    }

    // When a request begins; 0 when nobody listens.
    private ulong BeginRequest() => IsObserved ? Driver.NowNs : 0;

    private void RaiseRequest(in DeviceEvent occurred, BufferObject? target, ulong startNs)
    {
        DeviceEvent ended = occurred with { DurationNs = Driver.NowNs - startNs };
        if (target is null)
        {
            Raise(ended);
        }
        else
        {
            Raise(ended, target);
        }
    }

    private void RaiseDevice(DeviceEventKind kind, ulong startNs, int count = 0, ulong detail = 0, MmStatus status = MmStatus.Ok)
    {
        if (IsObserved)
        {
            RaiseRequest(new DeviceEvent { Kind = kind, Count = count, Detail = detail, Status = status }, target: null, startNs);
        }
    }

    // Not of what the operation itself holds: that is no news to who repeats it.
    private void RaiseLocked(BufferObject found, BufferObject? requester, in OperationContext context)
    {
        if (IsObserved && !context.IsOwn(found.Reservation))
        {
            Raise(new DeviceEvent { Kind = DeviceEventKind.FoundLocked, RelatedId = requester?.Id ?? 0 }, found);
        }
    }

    // What a program does to its address space, told before it is done: what goes with it follows.
    private void RaiseRange(DeviceEventKind kind, AddressSpace space, ulong address, ulong sizeBytes, ulong detail)
    {
        if (IsObserved)
        {
            Raise(new DeviceEvent
            {
                Kind = kind,
                RelatedId = (ulong)space.Number,
                OffsetBytes = address,
                SizeBytes = sizeBytes,
                Detail = detail,
            });
        }
    }

    private void RaiseAccessFaulted(AddressSpace space, ulong address, AccessKind kind, bool mayWait, MmStatus status, ulong faultNs) =>
        Raise(new DeviceEvent
        {
            Kind = DeviceEventKind.AccessFaulted,
            RelatedId = address,
            Count = space.Number,
            Detail = (kind == AccessKind.Write ? 1ul : 0) | (mayWait ? 0 : 2ul),
            Status = status,
            DurationNs = faultNs,
        });
}
