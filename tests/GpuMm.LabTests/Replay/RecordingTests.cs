using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Diagnostics;
using GpuMm.Lab.Replay;
using GpuMm.Objects;
using GpuMm.Simulation;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.LabTests.Replay;

/// <summary>A recording replays to the same end state: places, bytes, counters.</summary>
public sealed class RecordingTests
{
    private static readonly MachineProfile s_machine = MachineProfile.Find("pcie3x16")!;

    private static readonly GpuDeviceOptions s_options = new()
    {
        VramBytes = 4 << 20,
        VisibleVramBytes = 2 << 20,
        ApertureBytes = 4 << 20,
        SystemBytes = 64 << 20,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void ARecordingReplaysToTheSameEndState(int seed)
    {
        byte[] recording = Record((ulong)seed, 60, out ulong expected);
        using GmmtReader reader = new(new MemoryStream(recording), "test.gmmt");
        GpuDeviceOptions stated = RecordedRun.OptionsOf(reader.Description.Properties, out MachineProfile machine);
        Assert.Equal(s_options, stated);
        ulong actual = RecordedRun.Replay(reader, machine, stated, out RecordingReplay replay, out FullReplayResult result);
        Assert.Equal(0, replay.Divergences);
        Assert.Equal(0, replay.WritesWithoutBytes);
        Assert.Empty(replay.Skipped);
        Assert.True(replay.Operations > 300 && result.Evictions > 0 && result.Faults > 0, "The workload uses the whole device.");
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void ARecordingOfAReplayIsTheSameRecording()
    {
        // Not only the end: every decision on the way, with its time.
        byte[] recording = Record(5, 40, out _);
        SimulatedDriver driver = new(s_machine, new VirtualClock());
        using GpuDevice device = new(s_options, driver);
        EventLog log = new();
        device.AddObserver(log);
        RecordingReplay replay = new(device);
        using GmmtReader reader = new(new MemoryStream(recording), "test.gmmt");
        replay.Run(reader);
        reader.SeekTo(0);
        int compared = 0;
        TraceEvent[] one = new TraceEvent[1];
        while (reader.Read(one) > 0)
        {
            DeviceEvent again = log.Events[compared++];
            Assert.Equal(
                (one[0].DeviceKind, one[0].ObjectId, (ulong)one[0].TimeNs, one[0].Detail),
                (again.Kind, again.ObjectId, again.TimeNs, again.Detail));
        }

        Assert.Equal(log.Events.Count, compared);
    }

    [Fact]
    public void AChangedByteOrPlaceChangesTheState()
    {
        Record(1, 30, out ulong one);
        Record(1, 30, out ulong same);
        Record(2, 30, out ulong other);
        Assert.Equal(one, same);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void UnderAnotherMachineItEndsComparably()
    {
        byte[] recording = Record(7, 60, out ulong here);
        using GmmtReader reader = new(new MemoryStream(recording), "test.gmmt");
        GpuDeviceOptions larger = s_options with { VramBytes = 32 << 20, VisibleVramBytes = 32 << 20 };
        ulong there = RecordedRun.Replay(reader, MachineProfile.Find("agp8x")!, larger, out RecordingReplay replay, out FullReplayResult result);
        Assert.NotEqual(here, there);
        Assert.Equal(0, result.BrokenInvariants);
        Assert.True(replay.Operations > 300, "Everything was asked again.");
        Assert.Equal(0, result.Evictions); // Now all of it fits.
    }

    [Fact]
    public void ACutRecordingReplaysUpToTheCut()
    {
        byte[] recording = Record(9, 60, out _);
        using GmmtReader reader = new(new MemoryStream(recording[..(recording.Length / 2)]), "test.gmmt");
        Assert.False(reader.IsComplete);
        RecordedRun.Replay(reader, s_machine, s_options, out RecordingReplay replay, out FullReplayResult result);
        Assert.True(replay.Operations > 20, $"{replay.Operations} operations");
        Assert.Equal(0, result.BrokenInvariants);
    }

    [Fact]
    public void ARecordingOfVersionOneDotZeroReplaysToTheSameDecisions()
    {
        // Written by the program of that version, which told neither who asked nor in which address space.
        byte[] recording = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "version-1.0.gmmt"));
        Assert.Equal((1, 0), (BitConverter.ToUInt16(recording, 8), BitConverter.ToUInt16(recording, 10)));
        using GmmtReader reader = new(new MemoryStream(recording), "version-1.0.gmmt");
        SimulatedDriver driver = new(s_machine, new VirtualClock());
        using GpuDevice device = new(RecordedRun.OptionsOf(reader.Description.Properties, out _), driver);
        EventLog log = new();
        device.AddObserver(log);
        RecordingReplay replay = new(device);
        List<(DeviceEventKind Kind, ulong ObjectId, ulong TimeNs, ulong Size)> told = [];
        TraceEvent[] one = new TraceEvent[1];
        int count = 0;
        for (; reader.Read(one) > 0; count++)
        {
            replay.Apply(one[0]);
            if (IsDecision(one[0].DeviceKind))
            {
                told.Add((one[0].DeviceKind, one[0].ObjectId, (ulong)one[0].TimeNs, one[0].SizeBytes));
            }
        }

        Assert.Equal((201, 45L, 0L), (count, replay.Operations, replay.Divergences));
        Assert.Empty(replay.Skipped);
        Assert.True(told.Count > 50, $"{told.Count} decisions");
        Assert.Equal(told, log.Events.Where(static e => IsDecision(e.Kind)).Select(static e => (e.Kind, e.ObjectId, e.TimeNs, e.SizeBytes)));

        static bool IsDecision(DeviceEventKind kind) => kind is
            DeviceEventKind.MoveStarted or DeviceEventKind.MoveFinished or DeviceEventKind.SpaceTaken or DeviceEventKind.SpaceReturned or
            DeviceEventKind.Evicted or DeviceEventKind.FaultServed or DeviceEventKind.Zapped;
    }

    private static byte[] Record(ulong seed, int frames, out ulong state)
    {
        MemoryStream stream = new();
        state = RecordedRun.Record(stream, "test.gmmt", s_machine, s_options, seed, frames, out long events);
        Assert.True(events > 1000, $"{events} events");
        return stream.ToArray();
    }

    private sealed class EventLog : IDeviceObserver
    {
        public List<DeviceEvent> Events { get; } = [];

        public bool WantsAccesses => true;

        public void OnEvent(in DeviceEvent occurred) => Events.Add(occurred);
    }
}
