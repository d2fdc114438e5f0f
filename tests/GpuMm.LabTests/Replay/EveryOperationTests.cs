using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using CsCheck;
using GpuMm.Diagnostics;
using GpuMm.Lab.Replay;
using GpuMm.Objects;
using GpuMm.Simulation;
using GpuMm.TestKit;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;
using GpuMm.Traces.Recording;
using Xunit;

namespace GpuMm.LabTests.Replay;

/// <summary>Whatever a device is asked for, a recording of it replays to the same end state.</summary>
public sealed class EveryOperationTests
{
    private const RegexOptions Plain = RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    private static readonly MachineProfile s_machine = MachineProfile.Find("pcie3x16")!;

    [Fact]
    public void AnyProgramReplaysToTheSameEndState() =>
        Gen.ULong.Sample(static seed => Compare(seed) is null, iter: 100, threads: 1, print: static seed => $"0x{seed:x}: {Compare(seed)}");

    [Fact]
    public void AQueueHasItsNumberFromItsFirstUseAsInAReplay()
    {
        SimulatedDriver driver = new(s_machine, new VirtualClock());
        using GpuDevice device = new(RandomProgram.DrawOptions(1), driver);
        Opened opened = new();
        device.AddObserver(opened);
        OperationContext context = new();
        BufferObjectDescription description = new(4096);
        Assert.Equal(MmStatus.Ok, device.TryCreate(description, Placement.VramThenGtt, ref context, out BufferObject? target));
        SubmissionQueue later = new(driver, new SubmissionOptions { Name = "later" });
        SubmissionQueue first = new(driver, new SubmissionOptions { Name = "first" });
        first.Submit([new TextureUse(target!, 4096)], 10, out _);
        later.Submit([new TextureUse(target!, 4096)], 10, out _);
        first.Submit([new TextureUse(target!, 4096)], 10, out _);
        Assert.Equal([("first", 1ul), ("later", 2ul)], opened.Queues);
    }

    [Fact]
    public void ACutRecordingReplaysToTheStateAtTheCut()
    {
        SimulatedDriver driver = new(s_machine, new VirtualClock());
        GpuDeviceOptions options = RandomProgram.DrawOptions(11);
        using GpuDevice device = new(options, driver);
        MemoryStream stream = new();
        using GmmtWriter writer = new(stream, "cut.gmmt", DeviceRecorder.Describe(options, s_machine.Name));
        using DeviceRecorder recorder = new(device, writer);
        RandomProgram program = new(device, driver, 11, recorder);
        List<(long Bytes, ulong State)> blocks = [];
        for (int i = 0; i < 12; i++)
        {
            program.Run(40);
            writer.Flush();
            blocks.Add((writer.WrittenBytes, DeviceState.Hash(device)));
        }

        recorder.Complete();
        byte[] whole = stream.ToArray();
        for (int i = 0; i + 1 < blocks.Count; i++)
        {
            // Anywhere in the block behind: what is not whole is not replayed.
            long cut = blocks[i].Bytes + ((blocks[i + 1].Bytes - blocks[i].Bytes) * i / blocks.Count);
            using GmmtReader reader = new(new MemoryStream(whole[..(int)cut]), "cut.gmmt");
            Assert.False(reader.IsComplete);
            ulong state = RecordedRun.Replay(reader, s_machine, RecordedRun.OptionsOf(reader.Description.Properties, out _), out _, out _);
            Assert.Equal(blocks[i].State, state);
        }
    }

    [Fact]
    public void AnOperationWithoutItsEndIsNotReplayed()
    {
        using GpuDevice device = new(RandomProgram.DrawOptions(1), new SimulatedDriver(s_machine, new VirtualClock()));
        ulong before = DeviceState.Hash(device);
        RecordingReplay replay = new(device);
        replay.Apply(new TraceEvent { Kind = TraceKind.Create, DeviceKind = DeviceEventKind.ObjectCreated, ObjectId = 1, SizeBytes = 4096, Count = 1 });
        replay.Apply(new TraceEvent { Kind = TraceKind.SpaceTaken, DeviceKind = DeviceEventKind.SpaceTaken, ObjectId = 1, SizeBytes = 4096 });
        Assert.Equal(0, replay.Operations);
        Assert.Equal(before, DeviceState.Hash(device));
    }

    [Fact]
    public void AKindOfALaterVersionIsTold()
    {
        using GpuDevice device = new(RandomProgram.DrawOptions(1), new SimulatedDriver(s_machine, new VirtualClock()));
        RecordingReplay replay = new(device);
        replay.Apply(new TraceEvent { Kind = TraceKind.Other, DeviceKind = (DeviceEventKind)250 });
        Assert.Equal(new KeyValuePair<string, long>("250", 1), Assert.Single(replay.Skipped));
    }

    [Fact]
    public void AKindThatIsLeftOutIsMissed()
    {
        // The test of the tests: whatever the page of recordings lists, some program parts from its replay without it.
        string page = File.ReadAllText(Path.Combine(Repository.Root, "src/GpuMm.Traces/README.md"));
        HashSet<DeviceEventKind> left = [];
        foreach (Match row in Regex.Matches(page, @"^\| [^|]* \| (?<kinds>[^|]*) \|$", Plain | RegexOptions.Multiline))
        {
            foreach (Match kind in Regex.Matches(row.Groups["kinds"].Value, "`(?<kind>[A-Za-z]+)`", Plain))
            {
                if (Enum.TryParse(kind.Groups["kind"].Value, out DeviceEventKind found))
                {
                    left.Add(found);
                }
            }
        }

        Assert.True(left.Count > 40, $"{left.Count} kinds are listed");
        for (ulong seed = 1; seed < 60 && left.Count > 0; seed++)
        {
            byte[] recording = Record(seed, 400, out ulong state, out _, out List<DeviceEvent> told);
            HashSet<DeviceEventKind> here = [.. told.ConvertAll(static each => each.Kind)];
            left.RemoveWhere(kind => here.Contains(kind) && Replay(recording, state, told, e => e.DeviceKind != kind) is not null);
        }

        Assert.Empty(left);
    }

    private static string? Compare(ulong seed)
    {
        byte[] recording = Record(seed, 400, out ulong state, out string dump, out List<DeviceEvent> told);
        string? parted = Replay(recording, state, told, static _ => true);
        return parted is null ? null : $"{parted}\nrecorded:\n{dump}";
    }

    // Null when the replay ends as the recording says; else where the two part.
    private static string? Replay(byte[] recording, ulong expected, List<DeviceEvent> told, Predicate<TraceEvent> isKept)
    {
        using GmmtReader reader = new(new MemoryStream(recording), "random.gmmt");
        GpuDeviceOptions options = RecordedRun.OptionsOf(reader.Description.Properties, out MachineProfile machine);
        using GpuDevice device = new(options, new SimulatedDriver(machine, new VirtualClock()));
        EventLog log = new();
        device.AddObserver(log);
        RecordingReplay replay = new(device);
        TraceEvent[] one = new TraceEvent[1];
        while (reader.Read(one) > 0)
        {
            if (isKept(one[0]))
            {
                replay.Apply(one[0]);
            }
        }

        ulong actual = DeviceState.Hash(device);
        bool isSame = actual == expected && replay.Divergences == 0 && replay.Skipped.Count == 0 && replay.WritesWithoutBytes == 0;
        string? parted = Difference(told, log.Events);
        return isSame ? parted
            : $"state {(actual == expected ? "the same" : $"differs")}, " +
            $"{replay.Divergences} divergences, {replay.Skipped.Count} skipped; {parted}\nreplayed:\n{Facts(device)}";
    }

    private static string Facts(GpuDevice device) =>
        $"{device.Dump()}{device.Statistics.Faults} faults, {device.Statistics.FaultRetries} retries, {device.Statistics.InsertedPtes} inserted, {device.Statistics.ZappedPtes} zapped, " +
        $"{device.PooledBytes} pooled, {device.Options.Swap?.PageCount} swapped, {device.IoWindowUsedBytes} and {device.IoWindowEvictions} in the window";

    private static byte[] Record(ulong seed, int steps, out ulong state, out string dump, out List<DeviceEvent> told)
    {
        SimulatedDriver driver = new(s_machine, new VirtualClock());
        GpuDeviceOptions options = RandomProgram.DrawOptions(seed);
        using GpuDevice device = new(options, driver);
        EventLog log = new();
        device.AddObserver(log);
        MemoryStream stream = new();
        using DeviceRecorder recorder = new(device, new GmmtWriter(stream, "random.gmmt", DeviceRecorder.Describe(options, s_machine.Name)));
        new RandomProgram(device, driver, seed, recorder).Run(steps);
        recorder.Complete();
        ValidationReport problems = device.Validate();
        Assert.True(problems.Count == 0, problems.Count == 0 ? "" : $"0x{seed:x}: {problems[0]}");
        state = DeviceState.Hash(device);
        dump = Facts(device);
        told = [.. log.Events];
        return stream.ToArray();
    }

    private static string? Difference(List<DeviceEvent> told, List<DeviceEvent> again)
    {
        for (int i = 0; i < Math.Max(told.Count, again.Count); i++)
        {
            if (i >= told.Count || i >= again.Count || told[i] != again[i])
            {
                string before = i > 0 && i <= told.Count ? told[i - 1].ToString() : "";
                return $"event {i} of {told.Count} and {again.Count}\n  after {before}\n  recorded {(i < told.Count ? told[i].ToString() : "none")}\n  replayed {(i < again.Count ? again[i].ToString() : "none")}";
            }
        }

        return null;
    }

    private sealed class EventLog : IDeviceObserver
    {
        public List<DeviceEvent> Events { get; } = [];

        public bool WantsAccesses => true;

        public void OnEvent(in DeviceEvent occurred) => Events.Add(occurred);
    }

    private sealed class Opened : IDeviceObserver
    {
        public List<(string?, ulong)> Queues { get; } = [];

        public void OnEvent(in DeviceEvent occurred)
        {
            if (occurred.Kind == DeviceEventKind.QueueOpened)
            {
                Queues.Add((occurred.Name, occurred.RelatedId));
            }
        }
    }
}
