using System.Runtime.CompilerServices;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <content>Flags, and what lies beside the object.</content>
public sealed partial class BufferObject
{
    /// <inheritdoc/>
    public override string ToString() => $"BO {Id} '{Name}'";

    // It is, or will be, elsewhere: GPU address spaces that show it must write their tables anew. Lock: its reservation.
    internal void NoteMoved() => FoundExtra?.NoteMoved(this);

    private bool Has(ushort flag) => (_flags & flag) != 0;

    private void Set(ushort flag, bool value) => _flags = value ? (ushort)(_flags | flag) : (ushort)(_flags & ~flag);

    // Invariant: NewSide makes nothing else.
    private ObjectExtra? FoundExtra => Unsafe.As<ObjectExtra>(Side);

    internal ObjectExtra Extra() => Unsafe.As<ObjectExtra>(MakeSide());

    private protected override ReservationSide NewSide() => new ObjectExtra();

    private protected override bool IsWaitFaulted() => Device.IsFaulted(FaultPoint.LockWait);
}
