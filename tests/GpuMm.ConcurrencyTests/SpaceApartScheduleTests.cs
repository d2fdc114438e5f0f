using System;
using System.Threading.Tasks;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.TestKit;
using Microsoft.Coyote.SystematicTesting;
using Xunit;

namespace GpuMm.ConcurrencyTests;

/// <summary>Threads that keep space and pages apart, beside others who want that space: many schedules of who comes when.</summary>
public sealed class SpaceApartScheduleTests
{
    private const ulong PageBytes = 4096;

    [Fact]
    public void WhoNeedsTheRoomGetsItWhileAnotherKeepsSome()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = Apart(vramPages: 4, aperturePages: 8);
            BufferObject moved = test.Create(2, Placement.Vram, "moved");
            Task mover = Task.Run(() => MoveAbout(test, moved));
            Task taker = Task.Run(() => Fill(test));
            await Task.WhenAll(mover, taker);
            test.AssertValid();
            Require(test.Device.Manager(MemoryDomain.Vram).UsedBytes <= 4 * PageBytes, "no space is given out twice");
        });
    }

    [Fact]
    public void TwoThatKeepApartAndOneThatLooksAgree()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = Apart(vramPages: 6, aperturePages: 6);
            BufferObject[] own = [test.Create(2, Placement.Vram, "first"), test.Create(2, Placement.Vram, "second")];
            Task[] tasks =
            [
                Task.Run(() => MoveAbout(test, own[0])),
                Task.Run(() => MoveAbout(test, own[1])),
                Task.Run(() =>
                {
                    foreach (Resource resource in test.Device.Manager(MemoryDomain.Vram).OrderOf(0))
                    {
                        Require(resource.RangeCount == 1, "what is in the order has space");
                    }

                    test.AssertValid();
                }),
            ];
            await Task.WhenAll(tasks);
            test.AssertValid();
            Require(test.Device.SystemPagesUsedBytes == 0, "no page is left behind");
            Require(test.Device.Manager(MemoryDomain.Vram).UsedBytes == 4 * PageBytes, "both hold what they need, and what is kept does not count");
        });
    }

    [Fact]
    public void AnObserverThatComesInBetweenEndsIt()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = Apart(vramPages: 4, aperturePages: 4);
            BufferObject moved = test.Create(2, Placement.Vram, "moved");
            Task mover = Task.Run(() => MoveAbout(test, moved));
            Task observer = Task.Run(() => test.Device.AddObserver(new EvictionJournal()));
            await Task.WhenAll(mover, observer);
            ulong kept = ThreadsApart.PagesOf(test.Device) + ThreadsApart.SpaceOf(test.Device, MemoryDomain.Vram) + ThreadsApart.SpaceOf(test.Device, MemoryDomain.Gtt);
            Require(kept == 0, "nothing is kept once somebody listens");
            test.AssertValid();
        });
    }

    // A search that failed says whether a wait for others would help. Here it always would: all that is in the way moves out.
    [Fact]
    public void WhoFailsIsToldThatOthersWereInTheWay()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = Apart(vramPages: 4, aperturePages: 8);
            BufferObject moved = test.Create(2, Placement.Vram, "moved");
            Task mover = Task.Run(() => MoveAbout(test, moved));
            Task taker = Task.Run(() =>
            {
                OperationContext context = default;
                MmStatus status = test.Device.TryCreate(new BufferObjectDescription(4 * PageBytes, "all"), Placement.Vram, ref context, out _);
                Require(status == MmStatus.Ok || context.IsContended, "it succeeds, or somebody was in the way");
            });
            await Task.WhenAll(mover, taker);
            test.AssertValid();
        });
    }

    [Fact]
    public void PeaksAreWhatWasUsedAtATime()
    {
        Explore.IsClean(static async () =>
        {
            using TestDevice test = Apart(vramPages: 8, aperturePages: 8);
            BufferObject moved = test.Create(2, Placement.Vram, "moved");
            MoveAbout(test, moved); // From now on there are two pages kept.
            Task mover = Task.Run(() => Require(test.Place(moved, Placement.Gtt) == MmStatus.Ok, "there is room"));
            Task maker = Task.Run(() => test.Create(3, Placement.Gtt, "made"));
            await Task.WhenAll(mover, maker);
            Require(test.Device.Manager(MemoryDomain.Gtt).PeakBytes == 5 * PageBytes, "in the end both are there, and never was more");
            Require(test.Device.SystemPagesPeakBytes == 5 * PageBytes, "so are their pages");
        });
    }

    [Fact]
    public void TwoThatTakeTheirOwnSeeThePeakTogether() => Explore.IsClean(static () => TakeTwo(looksAfter: true));

    // The planted fault: who looks at what is kept before it takes its own.
    [Fact]
    public void WhoLooksBeforeItTakesMissesAPeakAndIsCaught()
    {
        TestReport report = Explore.All(static () => TakeTwo(looksAfter: false));
        Assert.NotEmpty(report.BugReports);
        Assert.Contains("both are in use", string.Join('|', report.BugReports), StringComparison.Ordinal);
    }

    // Two pieces are kept and none is in use; of two others one was, once.
    private static async Task TakeTwo(bool looksAfter)
    {
        KeptParts<PageShelf> kept = new(static () => new PageShelf(new RangeSpace(4 * PageBytes)));
        kept.Open();
        for (int i = 0; i < 2; i++)
        {
            kept.All[i].Open();
            kept.All[i].TryGive(new SpaceRange(new ByteRange((ulong)i * PageBytes, PageBytes), (ulong)i));
        }

        const ulong Taken = 2 * PageBytes;
        ulong peak = PageBytes;
        void Take(int part)
        {
            bool mayBePeak = !looksAfter && kept.MayBePeak(Taken, peak);
            kept.All[part].TryTake(PageBytes, out _);
            if (looksAfter ? kept.MayBePeak(Taken, peak) : mayBePeak)
            {
                lock (kept)
                {
                    peak = kept.PeakOf(Taken, peak);
                }
            }
        }

        await Task.WhenAll(Task.Run(() => Take(0)), Task.Run(() => Take(1)));
        Require(peak == Taken, "both are in use");
    }

    [Fact]
    public void TwoThatUseOneShelfLoseNothing() => Explore.IsClean(static () => UseShelf(isLocked: true));

    // The planted fault: a look and a taking that are not one step. The exploration finds the run that two hold.
    [Fact]
    public void AShelfThatIsLookedAtFirstGivesARunTwiceAndIsCaught()
    {
        TestReport report = Explore.All(static () => UseShelf(isLocked: false));
        Assert.NotEmpty(report.BugReports);
        Assert.Contains("a run has one owner", string.Join('|', report.BugReports), StringComparison.Ordinal);
    }

    private static async Task UseShelf(bool isLocked)
    {
        PageShelf shelf = new(new RangeSpace(4 * PageBytes));
        shelf.Open();
        shelf.TryGive(new SpaceRange(new ByteRange(0, PageBytes), 1));
        int owners = 0;
        void Take()
        {
            bool isTaken = isLocked ? shelf.TryTake(PageBytes, out _) : shelf.KeptBytes != 0;
            if (!isLocked && isTaken)
            {
                lock (shelf)
                {
                    // Here another may come in between.
                }

                shelf.TryTake(PageBytes, out _);
            }

            owners += isTaken ? 1 : 0;
        }

        await Task.WhenAll(Task.Run(Take), Task.Run(Take));
        Require(owners == 1, "a run has one owner");
    }

    private static TestDevice Apart(ulong vramPages, ulong aperturePages)
    {
        TestDevice test = new(vramPages, aperturePages, systemPages: 16);
        ThreadsApart.Begin(test.Device);
        return test;
    }

    private static void MoveAbout(TestDevice test, BufferObject target)
    {
        for (int i = 0; i < 2; i++)
        {
            Require(test.Place(target, Placement.Gtt) == MmStatus.Ok, "there is room in the aperture");
            Require(test.Place(target, Placement.VramThenGtt) == MmStatus.Ok, "there is room somewhere");
        }
    }

    private static void Fill(TestDevice test)
    {
        OperationContext context = default;
        MmStatus status = test.Device.TryCreate(new BufferObjectDescription(3 * PageBytes, "other"), Placement.VramThenGtt, ref context, out _);
        Require(status == MmStatus.Ok, "there is room somewhere");
    }

    private static void Require(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException(what);
        }
    }
}
