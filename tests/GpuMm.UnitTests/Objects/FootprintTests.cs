using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Millions of objects may live at once: one is its own reservation, and has a side object only once it needs it.</summary>
public sealed class FootprintTests
{
    [Fact]
    public void AnObjectIsOneManagedObjectOf144BytesAtMost()
    {
        const int Count = 256;
        using TestDevice test = new(vramPages: Count, backing: BackingKind.None);
        BufferObject[] objects = new BufferObject[Count];
        long Fill()
        {
            ManagedBytes bytes = ManagedBytes.Count();
            for (int i = 0; i < Count; i++)
            {
                OperationContext context = default;
                test.Device.TryCreate(new BufferObjectDescription(4096, "bo"), Placement.Vram, ref context, out objects[i]!);
            }

            return bytes.Allocated / Count;
        }

        long first = Fill(); // Space and its records are made here, and used again.
        long least = long.MaxValue;
        for (int i = 0; i < 8; i++) // Collections in between count too much, each up to 32 bytes an object.
        {
            Array.ForEach(objects, static target => target.Release());
            least = Math.Min(least, Fill());
        }

        Assert.InRange(least, 1, 144);
        Assert.InRange(first, 1, 1024);
        test.AssertValid();
    }

    [Fact]
    public void AnObjectThatSharesAReservationRefusesToBeTakenAsOne()
    {
        using TestDevice test = new(vramPages: 4);
        Reservation shared = new();
        shared.Lock();
        OperationContext context = default;
        test.Device.TryCreate(new BufferObjectDescription(4096, "bo", SharedReservation: shared), Placement.Vram, ref context, out BufferObject? made);
        Assert.Same(shared, made!.Reservation);
        Reservation own = made;
        Assert.False(own.IsLocked);
        Assert.Throws<InvalidOperationException>(() => own.TryLock());
        Assert.Throws<InvalidOperationException>(() => own.Lock());
        Assert.Throws<InvalidOperationException>(own.Unlock);
        Assert.Throws<InvalidOperationException>(() => own.AddFence(new FenceContext("job").Issue(), FenceUsage.Kernel));
        shared.Unlock();
        Assert.Equal(MmStatus.Ok, made.Reserve());
        Assert.True(shared.IsLocked);
        made.Unreserve();
    }

    [Fact]
    public void TheReservationOfOneObjectCanServeOthersAndOutliveItsObject()
    {
        using TestDevice test = new(vramPages: 4);
        BufferObject root = test.Create(1, Placement.Vram);
        Assert.Same(root, root.Reservation);
        root.Reserve();
        OperationContext context = default;
        BufferObjectDescription description = new(4096, "leaf", SharedReservation: root.Reservation);
        test.Device.TryCreate(description, Placement.Vram, ref context, out BufferObject? leaf);
        Assert.False(test.Create(1, Placement.Vram).Reservation.IsLocked);
        root.Unreserve();
        root.Release();
        leaf!.Reserve();
        Assert.Equal(MmStatus.Ok, leaf.Validate(Placement.System, ref context));
        leaf.Unreserve();
        test.AssertValid();
        leaf.Release();
        Assert.Equal(1, test.Device.ObjectCount);
    }
}
