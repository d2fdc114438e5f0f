using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Primitives;
using GpuMm.RenderLoop.Frames;
using Xunit;

namespace GpuMm.SimulationTests.RenderLoop;

public sealed class FrameLedgerTests(ITestOutputHelper output)
{
    [Fact]
    public void AFrameWorkedOutByHandIsDividedToTheNanosecond()
    {
        FrameLedger ledger = new();
        ledger.Processor(new TimeSpent(90, 130, FrameCause.CpuWork));
        ledger.Processor(new TimeSpent(130, 150, FrameCause.CpuWrite, 7, 4096));
        ledger.Copy(new TimeSpent(140, 170, FrameCause.Eviction, 8, 100));
        ledger.Copy(new TimeSpent(160, 190, FrameCause.Upload, 9, 200));
        ledger.OtherJob(185, 195);
        ledger.Job(200, 260, 15, 300);

        // Seen before at 100; submitted at 150; the image was free at 198; done at 260; shown at 280.
        ledger.Close(new FrameTiming(100, 150, 198, 260, 280), wantParts: true);
        Assert.Equal(
            [
                new CausePart(FrameCause.CpuWork, 0, 30, 0),
                new CausePart(FrameCause.CpuWrite, 7, 20, 4096),
                new CausePart(FrameCause.Eviction, 8, 10, 0), // It went on behind the upload, which is blamed first.
                new CausePart(FrameCause.Upload, 9, 30, 200),
                new CausePart(FrameCause.OtherClient, 0, 5, 0),
                new CausePart(FrameCause.Image, 0, 3, 0),
                new CausePart(FrameCause.Other, 0, 2, 0), // Between 198 and 200 nothing is known to have happened.
                new CausePart(FrameCause.GpuWork, 0, 45, 0),
                new CausePart(FrameCause.LinkRead, 0, 15, 300),
                new CausePart(FrameCause.Beat, 0, 20, 0),
            ],
            ledger.Parts.ToArray());
        Assert.Equal(180, Sum(ledger));
    }

    [Fact]
    public void WhatHappenedAfterAFrameIsLeftForTheNext()
    {
        FrameLedger ledger = new();
        ledger.Job(0, 10, 0, 0);
        ledger.Job(12, 30, 0, 0);
        ledger.Processor(new TimeSpent(0, 12, FrameCause.CpuWork));
        ledger.Close(new FrameTiming(0, 0, 0, 10, 10), wantParts: false);
        Assert.Equal(10, ledger.CauseNs[(int)FrameCause.GpuWork]);
        ledger.Close(new FrameTiming(10, 12, 0, 30, 30), wantParts: false);
        Assert.Equal((18, 2), (ledger.CauseNs[(int)FrameCause.GpuWork], ledger.CauseNs[(int)FrameCause.CpuWork]));
    }

    [Fact]
    public void ThePartsAddUpWhateverHappened()
    {
        const ulong Seed = 0xCA05E;
        output.WriteLine($"seed 0x{Seed:x}");
        Prng prng = new(Seed);
        FrameLedger ledger = new();
        long processor = 0;
        long copies = 0;
        long jobs = 0;
        long shown = 0;
        for (int frame = 0; frame < 500; frame++)
        {
            for (uint i = prng.Below(20); i > 0; i--)
            {
                processor = Next(processor, out long start);
                ledger.Processor(new TimeSpent(start, processor, (FrameCause)(5 + prng.Below(5)), prng.Below(300), 8));
                copies = Next(copies, out start);
                ledger.Copy(new TimeSpent(start, copies, prng.Below(2) == 0 ? FrameCause.Upload : FrameCause.Eviction, prng.Below(300), 8));
            }

            jobs = Next(Math.Max(jobs, shown), out long begin);
            ledger.Job(begin, jobs, Math.Min(jobs - begin, prng.Below(50)), 1);
            long done = jobs;
            long end = done + prng.Below(30);
            ledger.Close(new FrameTiming(shown, Math.Min(processor, begin), prng.Below(2) == 0 ? 0 : begin, done, end), wantParts: true);
            Assert.Equal(end - shown, Sum(ledger));
            Assert.Equal(end - shown, ledger.Parts.ToArray().Sum(static part => part.Nanoseconds));
            Assert.True(ledger.Parts.Length <= FrameLedger.MaxParts);
            Assert.DoesNotContain(ledger.Parts.ToArray(), static part => part.Nanoseconds <= 0);
            shown = end;
        }

        long Next(long after, out long start)
        {
            start = after + prng.Below(40);
            return start + 1 + prng.Below(60);
        }
    }

    [Fact]
    public void OnlyTheWorstStuttersAreKeptAndTheirPartsAddUp()
    {
        FrameLedger ledger = new();
        FrameBook book = new(200, 1_000);
        long shown = 0;
        for (int frame = 0; frame < 200; frame++)
        {
            long done = shown + 500 + (frame * 10);
            for (int part = 0; part < 40; part++)
            {
                ledger.Processor(new TimeSpent(shown + part, shown + part + 1, FrameCause.CpuWrite, (ulong)part + 1, 1));
            }

            ledger.Job(shown + 40, done, 0, 0);
            book.Add(new FrameTiming(shown, shown + 40, 0, done, done), 0, frame != 150, ledger);
            shown = done;
        }

        IReadOnlyList<Stutter> stutters = book.Stutters(static id => $"object {id}", static _ => "game");
        Assert.Equal(FrameBook.MaxStutters, stutters.Count);
        Assert.Equal(148, book.StutterCount); // Frames 51 to 199 without frame 150, which does not count.
        Assert.Equal(Enumerable.Range(135, 65).Where(static frame => frame != 150), stutters.Select(static stutter => stutter.Frame));
        Assert.All(stutters, static stutter =>
        {
            Assert.Equal(stutter.FrameNs, stutter.Causes.Sum(static cause => cause.Nanoseconds));
            Assert.Equal(40, stutter.MemoryNs);
            Assert.Equal(stutter.FrameNs - 1_000, stutter.ExcessNs);
            Assert.InRange(stutter.Causes.Count, 2, FrameBook.MaxStutterParts + FrameCauses.Count);
        });
    }

    [Fact]
    public void PercentilesAreNearestRank()
    {
        FrameBook book = new(100, 16_700_000);
        FrameLedger ledger = new();
        long shown = 0;
        for (int i = 100; i >= 1; i--)
        {
            long end = shown + (i * 1_000_000L);
            book.Add(new FrameTiming(shown, shown, 0, end, end), 0, isCounted: true, ledger);
            shown = end;
        }

        Assert.Equal(50_000_000, book.FrameNs(book.PercentileFrame(50)));
        Assert.Equal(99_000_000, book.FrameNs(book.PercentileFrame(99)));
        Assert.Equal(100_000_000, book.FrameNs(book.PercentileFrame(100)));
        Assert.Equal((84, 100_000_000), (book.StutterCount, book.LongestNs));
        Assert.Equal(100, book.ToHistogram().Counts.ToArray().Sum());
        Assert.Equal(4, book.ToHistogram().Counts[0]); // 1 to 4 ms; the edge is included.
        Assert.Equal(-1, new FrameBook(1, 1).PercentileFrame(99));
    }

    [Fact]
    public void EveryCauseHasAName()
    {
        Assert.Equal(FrameCauses.Count, Enum.GetValues<FrameCause>().Length);
        Assert.All(Enum.GetValues<FrameCause>(), static cause =>
        {
            Assert.NotEmpty(FrameCauses.Label(cause));
            Assert.NotEmpty(FrameCauses.Phrase(cause));
        });
    }

    private static long Sum(FrameLedger ledger) => ledger.CauseNs.ToArray().Sum();
}
