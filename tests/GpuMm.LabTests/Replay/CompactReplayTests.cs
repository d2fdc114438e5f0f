using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using CsCheck;
using GpuMm.Lab.League;
using GpuMm.Lab.Replay;
using GpuMm.Lab.Replay.Compact;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.Simulation;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.LabTests.Replay;

/// <summary>The compact replay does what a replay on the device does: the same result and the same places.</summary>
public sealed class CompactReplayTests(ITestOutputHelper output)
{
    private const ulong Page = 4096;
#if DEBUG
    private const int ReplayCount = 200; // Slower there, and run for checked arithmetic.
#else
    private const int ReplayCount = 1_000;
#endif

    private static readonly string[] s_machines = ["pcie3x16", "agp8x", "integrated", "rtx4090", "thunderbolt", "pcie4x16"];

    private static readonly string[] s_policies =
    [
        "lru", "lru", "lru-touch", "priority", "fifo", "clock", "sieve", "s3fifo", "arc", "lfu", "gdsf", "gdsf-bytes",
        "amdgpu-always", "amdgpu-budget", "amdgpu-stay", "amdgpu-protected",
    ];

    // Sizes are drawn so that all happens: room for everything, and not for one job; an aperture that is never full, and one that
    // holds hardly anything; a bus window over a part of video memory, over all and over none of it.
    private static readonly Gen<Case> s_case =
        from seed in Gen.ULong
        from requests in Gen.Int[1, 3000]
        from objects in Gen.Int[1, 200]
        from pages in Pick(1, 4, 16, 64)
        from vramShare in Pick(2, 5, 10, 30, 60, 120)
        from apertureShare in Pick(1, 5, 20, 50, 100, 300)
        from window in Pick(0, 1, 4, 1 << 20)
        from machine in Gen.Int[0, s_machines.Length - 1].Select(i => s_machines[i])
        from policy in Gen.Int[0, s_policies.Length - 1].Select(i => s_policies[i])
        from allocator in Pick(SpaceAllocatorKind.Range, SpaceAllocatorKind.Low, SpaceAllocatorKind.Buddy, SpaceAllocatorKind.Bins)
        from jobUses in Pick(1, 4, 16, 64)
        from isRecorded in Gen.Bool
        from isSubmitted in Gen.Bool
        from isCold in Gen.Bool
        select new Case(seed, requests, objects, pages, vramShare, apertureShare, window, machine, policy, allocator, jobUses, isRecorded, isSubmitted, isCold);

    [Fact]
    public void ItDoesWhatTheDeviceDoes()
    {
        int taken = 0;
        long evictions = 0;
        long toSystem = 0;
        s_case.Sample(
            one =>
            {
                List<TraceEvent> events = EventsOf(one);
                FullReplayOptions options = OptionsOf(one, events);
                using FullReplay device = new(options);
                FullReplayResult expected = device.Run(new ListReader(events));
                CompactReplay compact = CompactReplay.Create(options);
                FullReplayResult? result = compact.Run(new ListReader(events), null, default);
                if (result is null)
                {
                    return true;
                }

                System.Threading.Interlocked.Increment(ref taken);
                System.Threading.Interlocked.Add(ref evictions, expected.Evictions);
                System.Threading.Interlocked.Add(ref toSystem, expected.LinkReadBytes > 0 ? 1 : 0);
                Assert.Equal(expected, result);
                Assert.Equal(device.PlacesHash(), compact.PlacesHash());
                return true;
            },
            iter: ReplayCount,
            print: static one => one.ToString());
        output.WriteLine($"{taken} replays compared, {evictions} evictions, {toSystem} with reads over the link");
        Assert.True(taken >= ReplayCount * 99 / 100, $"{taken} of {ReplayCount} were compared: the others met a limit.");
        Assert.True(evictions > 50 * ReplayCount, $"{evictions} evictions");
    }

    [Fact]
    public void ATraceOfUsesIsReplayedAsItsEventsAre()
    {
        Gen.Select(Gen.ULong, Gen.Int[1, 1000], Gen.Bool).Sample((seed, requests, isRecorded) =>
        {
            byte[] records = RecordsOf(seed, requests);
            List<TraceEvent> events = [];
            using (ITraceReader reader = Open(records))
            {
                TraceEvent[] batch = new TraceEvent[100];
                for (int count; (count = reader.Read(batch)) > 0;)
                {
                    events.AddRange(batch.AsSpan(0, count));
                }
            }

            FullReplayOptions options = new()
            {
                Machine = MachineProfile.Find("pcie3x16")!,
                VramBytes = 64 * Page,
                ApertureBytes = 1024 * Page,
                JobUses = 4,
                Pace = isRecorded ? ReplayPace.Recorded : ReplayPace.AsFastAsPossible,
            };
            CompactReplay expected = CompactReplay.Create(options);
            CompactReplay actual = CompactReplay.Create(options);
            using ITraceReader uses = Open(records);
            Assert.IsAssignableFrom<IUseReader>(uses);
            FullReplayResult? result = actual.Run(uses, null, default);
            Assert.NotNull(result);
            Assert.Equal(requests - (requests / 8), result.Requests);
            Assert.Equal(expected.Run(new ListReader(events), null, default), result);
            Assert.Equal(expected.PlacesHash(), actual.PlacesHash());
        });

        static ITraceReader Open(byte[] records) =>
            TraceFiles.Open(new MemoryStream(records), "x.oracleGeneral.bin", new TraceOpenOptions { From = "oracle" });
    }

    [Fact]
    public void WhatItDoesNotKnowIsForTheDevice()
    {
        TraceEvent use = new() { Kind = TraceKind.Use, ObjectId = 1, SizeBytes = Page };
        foreach (TraceKind kind in (TraceKind[])[TraceKind.Destroy, TraceKind.CpuAccess, TraceKind.Fault, TraceKind.Pin, TraceKind.Unpin])
        {
            Assert.Null(Run([use, use with { Kind = kind }]));
            Assert.NotNull(Run([use, use with { Kind = kind, ObjectId = 2 }])); // Of an object that is not there: nothing happens.
        }

        Assert.Null(Run([use, use with { Kind = TraceKind.Advise, Flags = TraceFlags.Purgeable }]));
        Assert.NotNull(Run([use, use with { Kind = TraceKind.Evict }])); // What the trace's own manager did is not repeated.

        static FullReplayResult? Run(List<TraceEvent> events)
        {
            CompactReplay compact = CompactReplay.Create(new FullReplayOptions { Machine = MachineProfile.Find("pcie3x16")!, VramBytes = 16 * Page, ApertureBytes = 16 * Page });
            return compact.Run(new ListReader(events), null, default);
        }
    }

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    // Every eighth is of size 0, which is none.
    private static byte[] RecordsOf(ulong seed, int requests)
    {
        Prng random = new(seed);
        byte[] records = new byte[requests * OracleRecord.SizeBytes];
        for (int i = 0; i < requests; i++)
        {
            ulong id = random.Next() % 60;
            OracleRecord record = new() { Time = (uint)i, Id = id, ObjectBytes = i % 8 == 7 ? 0 : (uint)(Page * (1 + (id % 12))), Next = -1 };
            MemoryMarshal.Write(records.AsSpan(i * OracleRecord.SizeBytes), in record);
        }

        return records;
    }

    private static List<TraceEvent> EventsOf(Case one)
    {
        Prng random = new(one.Seed);
        List<TraceEvent> events = [];
        for (int i = 0; i < one.Requests; i++)
        {
            ulong id = random.Next() % (ulong)one.Objects * (random.Next() % (ulong)one.Objects) / (ulong)one.Objects;
            ulong pages = 1 + (Prng.Mix(unchecked(id + one.Seed)) % (ulong)one.Pages);
            ulong bytes = random.Next() % 8 == 0 ? 1 + (random.Next() % (pages * Page)) : pages * Page;
            TraceEvent use = new() { Kind = TraceKind.Use, TimeNs = i * 20_000L, ObjectId = Prng.Mix(id), SizeBytes = bytes };
            if (random.Next() % 64 == 0)
            {
                events.Add(use with { Kind = TraceKind.Create });
            }

            events.Add(use);
            if (one.IsSubmitted && random.Next() % 16 == 0)
            {
                events.Add(new TraceEvent { Kind = random.Next() % 2 == 0 ? TraceKind.Submit : TraceKind.Frame, DurationNs = random.Next() % 1_000_000 });
            }
        }

        return events;
    }

    private static FullReplayOptions OptionsOf(Case one, List<TraceEvent> events)
    {
        Dictionary<ulong, ulong> sizes = [];
        ulong total = 0;
        foreach (TraceEvent e in events)
        {
            if (e.ObjectId != 0 && sizes.TryAdd(e.ObjectId, e.SizeBytes))
            {
                total += Pages.Bytes(Pages.Count(e.SizeBytes));
            }
        }

        ulong vram = Pages.Bytes(1 + (Pages.Count(total) * (ulong)one.VramShare / 100));
        MachineProfile machine = MachineProfile.Find(one.Machine)!;
        return new FullReplayOptions
        {
            Machine = machine with
            {
                Link = one.IsCold ? machine.Link with { Cold = new ColdStart(30_000, 16 * Page) } : machine.Link,
                BarBytes = one.Window == 0 ? 0 : one.Window == 1 << 20 ? machine.BarBytes : Pages.Bytes(Pages.Count(vram / (ulong)(4 * one.Window))),
            },
            VramBytes = vram,
            ApertureBytes = Pages.Bytes(1 + (Pages.Count(total) * (ulong)one.ApertureShare / 100)),
            Policy = one.Policy,
            Allocator = one.Allocator,
            JobUses = one.JobUses,
            Pace = one.IsRecorded ? ReplayPace.Recorded : ReplayPace.AsFastAsPossible,
        };
    }

    private sealed record Case(
        ulong Seed, int Requests, int Objects, int Pages, int VramShare, int ApertureShare, int Window, string Machine, string Policy,
        SpaceAllocatorKind Allocator, int JobUses, bool IsRecorded, bool IsSubmitted, bool IsCold);
}
