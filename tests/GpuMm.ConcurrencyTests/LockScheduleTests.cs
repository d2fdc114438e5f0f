using System;
using System.Threading.Tasks;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.TestKit;
using Microsoft.Coyote.SystematicTesting;
using Xunit;

namespace GpuMm.ConcurrencyTests;

/// <summary>The ranked lock itself, and who meets at it: many schedules of who comes when.</summary>
public sealed class LockScheduleTests
{
    [Fact]
    public void OneAtATimeIsInside() => Explore.IsClean(static () => Count(isLocked: true));

    // The same without the lock: the exploration finds the lost step, so it would find one that the lock loses.
    [Fact]
    public void WithoutTheLockAStepIsLostAndFound()
    {
        TestReport report = Explore.All(static () => Count(isLocked: false));
        Assert.NotEmpty(report.BugReports);
        Assert.Contains("every step counts", string.Join('|', report.BugReports), StringComparison.Ordinal);
    }

    [Fact]
    public void WhoWaitsForAChangeIsWokenByIt()
    {
        Explore.IsClean(static async () =>
        {
            RankedLock gate = new(LockRank.Registry);
            int ready = 0;
            Task[] waiters = new Task[2];
            for (int i = 0; i < waiters.Length; i++)
            {
                waiters[i] = Task.Run(() =>
                {
                    using RankedLock.Scope scope = gate.Enter();
                    while (ready == 0)
                    {
                        gate.Wait();
                    }

                    ready++;
                });
            }

            Task waker = Task.Run(() =>
            {
                using RankedLock.Scope scope = gate.Enter();
                ready = 1;
                gate.PulseAll();
            });
            await Task.WhenAll([.. waiters, waker]);
            Require(ready == 3, "both went on, one after the other");
        });
    }

    [Fact]
    public void AFaultWhoseRoomAnotherHoldsGetsItInTheEnd()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = new(vramPages: 2, aperturePages: 2, systemPages: 16, visiblePages: 0, driver: new HopDriver());
            BufferObject unseen = test.Create(2, Placement.Vram, "unseen");
            BufferObject filler = test.Create(2, Placement.Gtt, "filler");
            VmArea area = unseen.Map(test.Space);
            MmStatus answered = MmStatus.Busy;
            Task toucher = Task.Run(() => answered = test.Space.Write(area.StartAddress, [1]));
            Task holder = Task.Run(() =>
            {
                for (int i = 0; i < 2; i++)
                {
                    filler.Reserve();
                    filler.Unreserve();
                }
            });
            await Task.WhenAll(toucher, holder);
            Require(answered == MmStatus.Ok, "what others hold for a moment is no bus error");
            test.AssertValid();
        });
    }

    [Fact]
    public void TwoThatMoveObjectsOfTheirOwnAgreeOnSpaceAndOrder()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = new(vramPages: 4, aperturePages: 4, systemPages: 16);
            BufferObject[] own = [test.Create(2, Placement.Vram, "first"), test.Create(2, Placement.Vram, "second")];
            Task[] movers = new Task[2];
            for (int i = 0; i < movers.Length; i++)
            {
                BufferObject target = own[i];
                movers[i] = Task.Run(() =>
                {
                    Require(test.Place(target, Placement.Gtt) == MmStatus.Ok, "there is room for both");
                    Require(test.Place(target, Placement.Vram) == MmStatus.Ok, "and here too");
                });
            }

            await Task.WhenAll(movers);
            test.AssertValid();
            Require(test.Device.Statistics.Moves(MemoryDomain.Vram, MemoryDomain.Gtt) == 2, "each move is counted");
            Require(test.Device.SystemPagesUsedBytes == 0, "no page is left behind");
        });
    }

    private static async Task Count(bool isLocked)
    {
        RankedLock gate = new(LockRank.Registry);
        object point = new();
        int count = 0;
        void Step()
        {
            int seen = count;
            lock (point)
            {
                // Here another may come in between, if it can.
            }

            count = seen + 1;
        }

        void Steps()
        {
            for (int i = 0; i < 2; i++)
            {
                if (isLocked)
                {
                    using RankedLock.Scope scope = gate.Enter();
                    Step();
                }
                else
                {
                    Step();
                }
            }
        }

        await Task.WhenAll(Task.Run(Steps), Task.Run(Steps), Task.Run(Steps));
        Require(count == 6, "every step counts");
    }

    private static void Require(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException(what);
        }
    }
}
