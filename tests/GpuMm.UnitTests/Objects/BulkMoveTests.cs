using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Objects that grow old together.</summary>
public sealed class BulkMoveTests
{
    [Fact]
    public void ABumpMovesTheWholeRunAndKeepsItsOrder()
    {
        using TestDevice test = new();
        Reservation shared = new();
        BulkMove bulk = new(test.Device, shared);
        BufferObject other = test.Create(1, Placement.Gtt, "other");
        BufferObject[] members = Members(test, bulk, 3);
        BufferObject late = test.Create(1, Placement.Gtt, "late");
        shared.Lock();
        bulk.Bump();
        shared.Unlock();
        Assert.Equal(
            [other.Resource!, late.Resource!, members[0].Resource!, members[1].Resource!, members[2].Resource!],
            test.Device.Manager(MemoryDomain.Gtt).OrderOf(0));
        test.AssertValid();
    }

    [Fact]
    public void AWalkInsideARunThatIsBumpedGoesOnBehindItsOldPlace()
    {
        using TestDevice test = new();
        Reservation shared = new();
        BulkMove bulk = new(test.Device, shared);
        BufferObject[] members = Members(test, bulk, 3);
        BufferObject late = test.Create(1, Placement.Gtt, "late");
        ResourceManager manager = test.Device.Manager(MemoryDomain.Gtt);
        LruCursor cursor = manager.BeginWalk();
        OperationContext context = default;
        Assert.Same(members[0], manager.NextCandidate(cursor, ref context, null, out _));
        bulk.Bump(); // The walk holds the shared reservation.
        shared.Unlock();
        Assert.Same(late, manager.NextCandidate(cursor, ref context, null, out _));
        late.Reservation.Unlock();
        Assert.Same(members[0], manager.NextCandidate(cursor, ref context, null, out _)); // Younger now, so met again: once.
        shared.Unlock();
        manager.EndWalk(cursor);
        test.AssertValid();
    }

    [Fact]
    public void AMoveKeepsAnObjectInItsGroup()
    {
        using TestDevice test = new();
        Reservation shared = new();
        BulkMove bulk = new(test.Device, shared);
        BufferObject[] members = Members(test, bulk, 3);
        Assert.Equal(MmStatus.Ok, test.Place(members[1], Placement.Vram));
        Assert.Same(members[1].Resource, bulk.First(MemoryDomain.Vram, 0));
        Assert.Same(members[0].Resource, bulk.First(MemoryDomain.Gtt, 0));
        Assert.Same(members[2].Resource, bulk.Last(MemoryDomain.Gtt, 0));
        test.AssertValid();
        members[1].Release();
        Assert.Null(bulk.First(MemoryDomain.Vram, 0));
    }

    [Fact]
    public void AnObjectWithAnotherReservationIsRefused()
    {
        using TestDevice test = new();
        BulkMove bulk = new(test.Device, new Reservation());
        BufferObject target = test.Create(1, Placement.System);
        target.Reserve();
        Assert.Throws<InvalidOperationException>(() => target.SetBulkMove(bulk));
        target.Unreserve();
    }

    private static BufferObject[] Members(TestDevice test, BulkMove bulk, int count)
    {
        BufferObject[] members = new BufferObject[count];
        bulk.Reservation.Lock();
        for (int i = 0; i < count; i++)
        {
            OperationContext context = default;
            BufferObjectDescription description = new(4096, $"m{i}", SharedReservation: bulk.Reservation);
            Assert.Equal(MmStatus.Ok, test.Device.TryCreate(description, Placement.Gtt, ref context, out BufferObject? made));
            members[i] = made!;
            made!.SetBulkMove(bulk);
        }

        bulk.Reservation.Unlock();
        return members;
    }
}
