using System;
using System.Globalization;
using System.IO;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Eviction;
using GpuMm.Lab.League;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.Simulation;
using GpuMm.Traces;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay;

/// <summary>One trace of any format, for many full replays: on any machine, with any policy and any sizes.</summary>
/// <remarks>Safe for concurrent use: each replay reads the file by itself. It is counted once, when a share of it is asked for.</remarks>
public sealed class ReplayTrace
{
    private const ulong UsualShare = 2; // 1 / 2

    private readonly TraceOpenOptions _options;
    private readonly Lazy<TraceSummary> _summary;

    private ReplayTrace(string path, TraceOpenOptions options)
    {
        Path = path;
        _options = options;
        _summary = new Lazy<TraceSummary>(Count, LazyThreadSafetyMode.ExecutionAndPublication);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is in it.</summary>
    /// <exception cref="LeagueException">The trace cannot be read.</exception>
    public TraceSummary Summary => _summary.Value;

    /// <summary>Opens a trace.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Its format, and which column of a table is what, where content does not tell.</param>
    /// <exception cref="LeagueException">It cannot be read, or fits no format.</exception>
    public static ReplayTrace Open(string path, TraceOpenOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        ReplayTrace trace = new(path, options);
        trace.Guarded(static reader => 0);
        return trace;
    }

    /// <summary>Video memory of a setup, bytes.</summary>
    /// <param name="setup">The setup.</param>
    /// <exception cref="LeagueException">The trace cannot be read, or nothing is left of the size.</exception>
    public ulong VramBytes(ReplaySetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        ulong alive = Math.Min(Math.Max(Summary.PeakBytes, Summary.LargestBytes), 1ul << 46);
        ulong bytes = setup.Vram is { } spec ? (ulong)spec.Resolve(alive, countsObjects: false) : Summary.IsDeviceRecording ? Stated(out _).VramBytes : alive / UsualShare;
        ulong whole = bytes / Pages.SizeBytes * Pages.SizeBytes;
        return whole > 0 ? whole : throw new LeagueException($"{setup.Vram?.Text ?? "50%"} of video memory is less than a page; give at least 4KiB.");
    }

    /// <summary>The policy that a replay has when nobody names one: the recording's.</summary>
    /// <exception cref="LeagueException">The trace cannot be read.</exception>
    public string PolicyOf() => Summary.IsDeviceRecording ? Stated(out _).EvictionPolicy : EvictionPolicies.DefaultName;

    /// <summary>Replays to the end.</summary>
    /// <param name="setup">On what.</param>
    /// <param name="observer">Told what the device does; null for nobody.</param>
    /// <param name="afterEvent">Told each event of the trace when it has been done; null for nobody.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="LeagueException">The trace cannot be read or replayed on that setup.</exception>
    public FullReplayResult Run(ReplaySetup setup, IDeviceObserver? observer, Action<TraceEvent>? afterEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(setup);
        ulong vram = VramBytes(setup);
        return Guarded(reader => Summary.IsDeviceRecording
            ? RunRecording(reader, setup, vram, observer, afterEvent, cancellationToken)
            : RunRequests(reader, setup, vram, observer, afterEvent, cancellationToken));
    }

    /// <summary>Reads the events as they are, without replaying them.</summary>
    /// <param name="each">Told each event.</param>
    /// <exception cref="LeagueException">The trace cannot be read.</exception>
    public void Read(Action<TraceEvent> each)
    {
        ArgumentNullException.ThrowIfNull(each);
        Guarded(reader =>
        {
            Pump(reader, e => each(e), null, CancellationToken.None);
            return 0;
        });
    }

    private FullReplayResult RunRequests(
        ITraceReader reader, ReplaySetup setup, ulong vram, IDeviceObserver? observer, Action<TraceEvent>? afterEvent, CancellationToken cancellationToken)
    {
        FullReplayOptions options = new()
        {
            Machine = MachineOf(setup, null),
            VramBytes = vram,
            ApertureBytes = vram,
            Policy = setup.Policy ?? EvictionPolicies.DefaultName,
            Allocator = setup.Allocator ?? SpaceAllocatorKind.Range,
        };
        if (observer is null && afterEvent is null && !setup.NamesObjects)
        {
            return ReplayEngines.Run(() => TraceFiles.Open(Path, _options), options, setup.Engine, out _, progress: null, cancellationToken);
        }

        using FullReplay replay = new(options);
        if (observer is not null)
        {
            replay.Device.AddObserver(observer);
        }

        Pump(reader, e => replay.Apply(setup.NamesObjects && e.Name is null ? e with { Name = NameOf(e.ObjectId) } : e), afterEvent, cancellationToken);
        return replay.Finish();
    }

    private FullReplayResult RunRecording(
        ITraceReader reader, ReplaySetup setup, ulong vram, IDeviceObserver? observer, Action<TraceEvent>? afterEvent, CancellationToken cancellationToken)
    {
        GpuDeviceOptions stated = Stated(out MachineProfile recorded);
        MachineProfile machine = MachineOf(setup, recorded);
        bool isSame = setup is { Vram: null, Machine: null, BarBytes: null };
        GpuDeviceOptions options = stated with
        {
            VramBytes = vram,
            VisibleVramBytes = isSame ? stated.VisibleVramBytes : Math.Min(vram, machine.BarBytes / Pages.SizeBytes * Pages.SizeBytes),
            EvictionPolicy = setup.Policy ?? stated.EvictionPolicy,
            VramAllocator = setup.Allocator ?? stated.VramAllocator,
        };
        SimulatedDriver driver = new(machine, new VirtualClock());
        using GpuDevice device = new(options, driver);
        if (observer is not null)
        {
            device.AddObserver(observer);
        }

        RecordingReplay replay = new(device);
        Pump(reader, e => replay.Apply(e), afterEvent, cancellationToken);
        return RecordedRun.ResultOf(device, driver, replay);
    }

    /// <summary>What an object without a name is called.</summary>
    /// <param name="objectId">Its number in the trace.</param>
    public static string NameOf(ulong objectId) => string.Create(CultureInfo.InvariantCulture, $"object {objectId}");

    private static MachineProfile MachineOf(ReplaySetup setup, MachineProfile? recorded)
    {
        MachineProfile machine = setup.Machine ?? recorded ?? MachineProfile.Find("pcie3x16")!;
        machine = setup.Link is { } link ? machine with { Link = link } : machine;
        return setup.BarBytes is { } bar ? machine with { BarBytes = bar } : machine;
    }

    private static void Pump(ITraceReader reader, Action<TraceEvent> apply, Action<TraceEvent>? afterEvent, CancellationToken cancellationToken)
    {
        TraceEvent[] batch = new TraceEvent[512];
        for (int count; (count = reader.Read(batch)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int i = 0; i < count; i++)
            {
                apply(batch[i]);
                afterEvent?.Invoke(batch[i]);
            }
        }
    }

    private GpuDeviceOptions Stated(out MachineProfile machine)
    {
        (GpuDeviceOptions options, MachineProfile found) = Guarded(static reader => (RecordedRun.OptionsOf(reader.Description.Properties, out MachineProfile stated), stated));
        machine = found;
        return options;
    }

    private TraceSummary Count() => Guarded(static reader => TraceSummary.Of(reader));

    private T Guarded<T>(Func<ITraceReader, T> read)
    {
        try
        {
            using ITraceReader reader = TraceFiles.Open(Path, _options);
            return read(reader);
        }
        catch (TraceFormatException problem)
        {
            throw new LeagueException(problem.Message, problem);
        }
        catch (ArgumentException problem)
        {
            // What follows is the parameter's name, which means nothing to a user.
            throw new LeagueException($"{Path}: {problem.Message.Split(" (Parameter", 2)[0]}", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new LeagueException($"{Path}: it cannot be read: {problem.Message}", problem);
        }
    }
}
