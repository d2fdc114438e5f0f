using System.Threading;
using GpuMm.Primitives;
using Xunit;

namespace GpuMm.UnitTests.Primitives;

/// <summary>When threads begin to keep something apart, when it goes back, and when the most that was in use must be looked at.</summary>
public sealed class KeptPartsTests
{
    [Fact]
    public void APartIsOpenedAfterSoManyMeetingsAndAfterAsManyAgain()
    {
        KeptParts<Part> kept = new(static () => new Part());
        Assert.Equal((false, false, true), (kept.IsAnyOpen, kept.MayOpen(63), kept.MayOpen(64)));
        kept.Open();
        Assert.Equal((true, false), (kept.IsAnyOpen, kept.MayOpen(64))); // It is open.
        kept.Close(100);
        Assert.Equal((false, false, true), (kept.IsAnyOpen, kept.MayOpen(163), kept.MayOpen(164)));
        kept.CloseForGood(164);
        Assert.False(kept.MayOpen(uint.MaxValue));
    }

    [Fact]
    public void MeetingsMayWrapAround()
    {
        KeptParts<Part> kept = new(static () => new Part());
        kept.Open();
        kept.Close(uint.MaxValue - 3);
        Assert.Equal((false, true), (kept.MayOpen(59), kept.MayOpen(60)));
    }

    [Fact]
    public void ClosingGivesAllBack()
    {
        KeptParts<Part> kept = new(static () => new Part());
        kept.Open();
        kept.Own.KeptBytes = 5;
        Assert.Equal(5ul, kept.KeptBytes);
        kept.Close(0);
        Assert.Equal((0ul, false), (kept.Own.KeptBytes, kept.Own.IsOpen));
    }

    // Of a thread that is gone it would stay for good; one that goes on keeps some again.
    [Fact]
    public void WhoOpensMakesTheOthersGiveBack()
    {
        KeptParts<Part> kept = new(static () => new Part());
        Part? gone = null;
        int own = ThreadPart.Own;
        while (gone is null)
        {
            Thread other = new(() =>
            {
                if (ThreadPart.Own != own)
                {
                    kept.Open();
                    gone = kept.Own;
                    gone.KeptBytes = 7;
                }
            });
            other.Start();
            other.Join();
        }

        kept.Open();
        Assert.Equal((0ul, true), (gone.KeptBytes, gone.IsOpen));
    }

    [Fact]
    public void OnlyMoreInUseThanEverIsLookedAt()
    {
        KeptParts<Part> kept = new(static () => new Part());
        kept.Open();
        kept.All[3].KeptBytes = 4;
        Assert.False(kept.MayBePeak(takenBytes: 6, peakBytes: 6)); // Not even with what is kept
        Assert.False(kept.MayBePeak(takenBytes: 10, peakBytes: 6));
        Assert.True(kept.MayBePeak(takenBytes: 11, peakBytes: 6));
        Assert.Equal((7ul, 8ul), (kept.PeakOf(11, 6), kept.PeakOf(11, 8)));
    }

    private sealed class Part : IKeptPart
    {
        public bool IsOpen { get; private set; }

        public ulong KeptBytes { get; set; }

        public void Open() => IsOpen = true;

        public void GiveBack(bool closes)
        {
            IsOpen &= !closes;
            KeptBytes = 0;
        }
    }
}
