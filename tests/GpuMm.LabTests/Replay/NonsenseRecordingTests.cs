using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Diagnostics;
using GpuMm.Lab.League;
using GpuMm.Lab.Replay;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;
using GpuMm.Traces.Recording;
using Xunit;

namespace GpuMm.LabTests.Replay;

/// <summary>
/// Recordings whose checksums are right and whose events are not: a replay ends, at its end or with one clear error, and breaks no
/// rule of the device on the way.
/// </summary>
public sealed class NonsenseRecordingTests(ITestOutputHelper output)
{
    private const int Bases = 12;

    private static readonly MachineProfile s_machine = MachineProfile.Find("pcie3x16")!;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5); // Milliseconds are usual.
    private static readonly DeviceEventKind[] s_kinds = Enum.GetValues<DeviceEventKind>();

    private TraceEvent _last; // Of the replay under way

    [Fact]
    public async Task NonsenseIsOneErrorOrACleanEnd()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("GPUMM_FUZZ"), CultureInfo.InvariantCulture, out int many) ? many : 600; // GPUMM_FUZZ=100000 for more; GPUMM_FROM to go on from one
        int refused = 0;
        List<TraceEvent>[] bases = [.. Enumerable.Range(0, Bases).Select(static i => Record((ulong)i + 1))];
        for (int i = int.TryParse(Environment.GetEnvironmentVariable("GPUMM_FROM"), CultureInfo.InvariantCulture, out int from) ? from : 0; i < count; i++)
        {
            ulong seed = (ulong)i;
            byte[] recording = Encode(Mutate(bases[i % Bases], seed), RandomProgram.DrawOptions((ulong)(i % Bases) + 1));
            Task<string?> replay = Task.Factory.StartNew(() => Replay(recording), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Assert.True(await Task.WhenAny(replay, Task.Delay(s_limit, TestContext.Current.CancellationToken)) == replay, $"Seed {seed} does not end: {_last}");
            if (await replay is { } refusal)
            {
                refused++;
                Assert.StartsWith("Event ", refusal, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', refusal);
            }
        }

        output.WriteLine($"{count} recordings, {refused} refused");
        Assert.InRange(refused, count / 100, count);
    }

    private static List<TraceEvent> Record(ulong seed)
    {
        GpuDeviceOptions options = RandomProgram.DrawOptions(seed);
        SimulatedDriver driver = new(s_machine, new VirtualClock());
        using GpuDevice device = new(options, driver);
        MemoryStream stream = new();
        using GmmtWriter writer = new(stream, "base.gmmt", DeviceRecorder.Describe(options, s_machine.Name));
        using DeviceRecorder recorder = new(device, writer);
        new RandomProgram(device, driver, seed, recorder).Run(150);
        recorder.Complete();
        using GmmtReader reader = new(new MemoryStream(stream.ToArray()), "base.gmmt");
        List<TraceEvent> events = [];
        TraceEvent[] batch = new TraceEvent[256];
        for (int read; (read = reader.Read(batch)) > 0;)
        {
            events.AddRange(batch.AsSpan(0, read));
        }

        return events;
    }

    private static List<TraceEvent> Mutate(List<TraceEvent> events, ulong seed)
    {
        Prng random = new(seed);
        int Roll(int below) => (int)(random.Next() % (ulong)below);
        ulong Odd() => Roll(6) switch
        {
            0 => 0,
            1 => ulong.MaxValue >> Roll(64),
            2 => random.Next(),
            3 => (ulong)Roll(64),
            4 => 4096ul << Roll(20),
            _ => events[Roll(events.Count)].ObjectId,
        };
        List<TraceEvent> changed = [.. events];
        for (int i = Roll(12) + 1; i > 0; i--)
        {
            int at = Roll(changed.Count);
            TraceEvent e = changed[at];
            switch (Roll(18))
            {
                case 0: changed.RemoveAt(at); continue;
                case 1: changed.Insert(Roll(changed.Count), e); continue;
                case 2: (changed[at], changed[Roll(changed.Count)]) = (changed[Roll(changed.Count)], changed[at]); continue;
                case 3 or 4: e = e with { ObjectId = Odd() }; break;
                case 5: e = e with { SizeBytes = Odd() }; break;
                case 6: e = e with { OffsetBytes = Odd() }; break;
                case 7: e = e with { RelatedId = Odd() }; break;
                case 8: e = e with { ClientId = unchecked((int)Odd()) }; break;
                case 9 or 10: e = e with { DeviceKind = s_kinds[Roll(s_kinds.Length)] }; break;
                case 11: e = e with { Count = unchecked((int)Odd()) }; break;
                case 12: e = e with { Status = (MmStatus)Roll(24) }; break;
                case 13: e = e with { Placement = new PlacementCode(Odd(), (byte)Roll(9)) }; break;
                case 14: e = e with { Detail = Odd() }; break;
                case 15: e = e with { To = (MemoryDomain)Roll(9), From = (MemoryDomain)Roll(9) }; break;
                case 16: e = e with { TimeNs = unchecked((long)(Odd() >> 1)) }; break;
                case 17: e = e with { DurationNs = Odd(), Flags = (TraceFlags)Roll(256), Reason = (byte)Roll(256) }; break;
            }

            changed[at] = e;
        }

        return changed;
    }

    private static byte[] Encode(List<TraceEvent> events, GpuDeviceOptions options)
    {
        MemoryStream stream = new();
        using GmmtWriter writer = new(stream, "nonsense.gmmt", DeviceRecorder.Describe(options, s_machine.Name));
        foreach (TraceEvent e in events)
        {
            writer.Write(e);
        }

        writer.Complete();
        return stream.ToArray();
    }

    private string? Replay(byte[] recording)
    {
        using GmmtReader reader = new(new MemoryStream(recording), "nonsense.gmmt");
        using GpuDevice device = new(RecordedRun.OptionsOf(reader.Description.Properties, out _), new SimulatedDriver(s_machine, new VirtualClock()));
        RecordingReplay replay = new(device);
        TraceEvent[] one = new TraceEvent[1];
        try
        {
            while (reader.Read(one) > 0)
            {
                _last = one[0];
                replay.Apply(one[0]);
            }

            Assert.True(device.Validate().Count == 0, "The device holds to its rules.");
            return null;
        }
        catch (LeagueException refusal)
        {
            return refusal.Message;
        }
    }
}
