using System;
using System.Collections.Generic;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay;

/// <summary>
/// Replays the requests of any trace on a simulated machine, in full: objects get places, holes appear, moves queue behind
/// fences, the CPU faults, time passes.
/// </summary>
/// <remarks>
/// What a trace says its own manager did (moves, evictions) is not repeated: this manager decides anew. An object that is used
/// without having been made is made at that moment, in the aperture while that has free room,
/// else in system RAM. One thread. Memory: a buffer object (about 500 bytes), and about 60 for finding it, per live object.
/// </remarks>
public sealed partial class FullReplay : IDisposable
{
    private const int MaxAccessBytes = 1 << 16;
    private const int BatchCount = 512;
    private const int LeastObjects = 64;

    // Nobody is evicted for an object that nobody uses yet.
    private static readonly Placement s_birthplace =
        new(new Place(MemoryDomain.Gtt, PlaceFlags.Desired), new Place(MemoryDomain.System));

    private readonly FullReplayOptions _options;
    private readonly VirtualClock _clock = new();
    private readonly SimulatedDriver _driver;
    private readonly GpuDevice _device;
    private readonly SubmissionQueue _queue;
    private readonly AddressSpace _space;
    private readonly ReplayIds _ids = new();
    private readonly Dictionary<int, VmArea> _areas = [];
    private readonly TextureUse[] _uses;
    private readonly byte[] _bytes = new byte[MaxAccessBytes];
    private Entry[] _objects = new Entry[LeastObjects]; // By number
    private int _useCount;
    private int _job = 1;
    private Fence _lastJob;
    private Fence _jobBefore;
    private ReplayTally _tally;

    /// <summary>Sets a machine up.</summary>
    /// <param name="options">Machine and rules.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not whole pages, or a number out of range.</exception>
    public FullReplay(FullReplayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ReplayDevices.Check(options);
        _options = options;
        _driver = new SimulatedDriver(options.Machine, _clock);
        _device = new GpuDevice(ReplayDevices.OptionsOf(options), _driver);
        _queue = new SubmissionQueue(_driver);
        _space = _device.CreateAddressSpace();
        _uses = new TextureUse[options.JobUses];
    }

    /// <summary>The device, for observers and checks.</summary>
    public GpuDevice Device => _device;

    /// <summary>Replays a trace to its end.</summary>
    /// <param name="reader">The trace.</param>
    /// <param name="progress">Told how much was read, 0 to 1, now and then; null for nobody.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public FullReplayResult Run(ITraceReader reader, Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        TraceEvent[] batch = new TraceEvent[BatchCount];
        long nextReport = 1 << 16;
        for (int count; (count = reader.Read(batch)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<TraceEvent> events = batch.AsSpan(0, count);
            for (int first = -FetchStages * GroupCount; first < count; first += GroupCount)
            {
                Fetch(events, first);
                foreach (ref readonly TraceEvent e in Group(events, first))
                {
                    Apply(e);
                }
            }

            if (_tally.Events >= nextReport)
            {
                nextReport += 1 << 16;
                progress?.Invoke(reader.Progress);
            }
        }

        return Finish();
    }

    /// <summary>Replays one event.</summary>
    /// <param name="e">The next event of the trace.</param>
    public void Apply(in TraceEvent e)
    {
        _tally.Events++;
        switch (e.Kind)
        {
            case TraceKind.Use:
                Use(e);
                break;
            case TraceKind.Create:
                Create(e);
                break;
            case TraceKind.Destroy:
                Destroy(e.ObjectId);
                break;
            case TraceKind.CpuAccess or TraceKind.Fault:
                Access(e);
                break;
            case TraceKind.Pin or TraceKind.Unpin:
                Pin(e);
                break;
            case TraceKind.Advise when e.DeviceKind != DeviceEventKind.None || (e.Flags & TraceFlags.Purgeable) != 0:
                Advise(e);
                break;
            case TraceKind.Submit or TraceKind.Frame:
                Submit(e.Kind == TraceKind.Submit ? (long)Math.Min(e.DurationNs, 1ul << 40) : 0);
                break;
        }
    }

    /// <summary>Ends the last job and counts.</summary>
    public FullReplayResult Finish()
    {
        Submit(0);
        _driver.WaitFence(_jobBefore);
        _driver.WaitFence(_lastJob);
        _device.Reap();
        DeviceStatistics counts = _device.Statistics;
        ResourceManager vram = _device.Manager(MemoryDomain.Vram);
        return _tally.Result(vram.SizeBytes, vram.UsedBytes, vram.PeakBytes, ReplayDevices.LargestHole(_device)) with
        {
            Jobs = _queue.JobCount,
            Evictions = counts.Evictions,
            ToVramBytes = counts.MoveBytes(MemoryDomain.Gtt, MemoryDomain.Vram) + counts.MoveBytes(MemoryDomain.System, MemoryDomain.Vram),
            FromVramBytes = counts.MoveBytes(MemoryDomain.Vram, MemoryDomain.Gtt) + counts.MoveBytes(MemoryDomain.Vram, MemoryDomain.System),
            LinkReadBytes = _queue.LinkReadBytes,
            Faults = counts.Faults,
            ZappedPtes = counts.ZappedPtes,
            SimulatedNs = _clock.Now.Nanoseconds,
            CopyNs = _driver.Copy.BusyTime.Nanoseconds,
            RenderNs = _driver.Render.BusyTime.Nanoseconds,
            BrokenInvariants = _options.ChecksInvariants ? _device.Validate().Count : 0,
        };
    }

    /// <summary>Of where every object that was not destroyed lies, in the order of their numbers.</summary>
    internal ulong PlacesHash()
    {
        PlaceHash hash = new();
        for (int number = 0; number < _ids.Limit; number++)
        {
            if (_objects[number].Object is not { } target)
            {
                continue;
            }

            hash.Add(target.SizeBytes, (int?)target.Resource?.Domain ?? -1);
            for (int i = 0; target.Resource is { Domain: MemoryDomain.Vram } held && i < held.RangeCount; i++)
            {
                hash.Add(held.RangeAt(i));
            }
        }

        return hash.Value;
    }

    /// <summary>Frees the device.</summary>
    public void Dispose() => _device.Dispose();

    private void Use(in TraceEvent e)
    {
        _tally.Requests++;
        int number = _ids.Find(e.ObjectId);
        if (number < 0 && !TryMake(e, out number))
        {
            return;
        }

        ref Entry entry = ref _objects[number];
        BufferObject target = entry.Object!;
        if (entry.Job == _job)
        {
            return; // The job uses it already: a second use in one job moves nothing.
        }

        if (target.Resource is not { Domain: MemoryDomain.Vram })
        {
            _tally.Misses++;
            _tally.MissBytes += target.SizeBytes;
        }

        entry.Job = _job;
        _uses[_useCount++] = new TextureUse(target, Math.Min(e.SizeBytes == 0 ? target.SizeBytes : e.SizeBytes, target.SizeBytes));
        if (_useCount == _uses.Length)
        {
            PaceFor(e.TimeNs);
            Submit(0);
        }
    }

    private bool TryMake(in TraceEvent e, out int number)
    {
        number = -1;
        OperationContext context = default;
        BufferObjectDescription description = new(Math.Clamp(e.SizeBytes, 1, 1ul << 46), e.Name, ClientId: e.ClientId);
        if (_device.TryCreate(description, s_birthplace, ref context, out BufferObject? made) != MmStatus.Ok)
        {
            _tally.Failures++;
            return false;
        }

        _tally.Objects++;
        number = _ids.Add(e.ObjectId);
        if (number >= _objects.Length)
        {
            Array.Resize(ref _objects, Math.Max(LeastObjects, 2 * _objects.Length));
        }

        _objects[number] = new Entry { Object = made };
        return true;
    }

    private void Create(in TraceEvent e)
    {
        if (_ids.Find(e.ObjectId) < 0)
        {
            TryMake(e, out _);
        }
    }

    private void Destroy(ulong id)
    {
        int number = _ids.Find(id);
        if (number < 0)
        {
            return;
        }

        if (_objects[number].Job == _job)
        {
            Submit(0);
        }

        BufferObject gone = _objects[number].Object!;
        _objects[number] = default;
        _ids.Remove(id);
        if (_areas.Remove(number, out VmArea? area))
        {
            _space.Unmap(area);
        }

        gone.Release();
    }

    private void Access(in TraceEvent e)
    {
        int number = _ids.Find(e.ObjectId);
        if (number < 0)
        {
            return;
        }

        // What the GPU was asked to do before goes first.
        Submit(0);
        PaceFor(e.TimeNs);
        if (!_areas.TryGetValue(number, out VmArea? area))
        {
            area = _objects[number].Object!.Map(_space);
            _areas.Add(number, area);
        }

        ulong offset = Math.Min(e.OffsetBytes, area.SizeBytes - 1);
        ulong left = Math.Min(Math.Max(1, e.SizeBytes), area.SizeBytes - offset);
        while (left > 0)
        {
            int count = (int)Math.Min(left, MaxAccessBytes);
            Span<byte> bytes = _bytes.AsSpan(0, count);
            ulong address = area.StartAddress + offset;
            MmStatus status = (e.Flags & TraceFlags.Write) != 0 ? _space.Write(address, bytes) : _space.Read(address, bytes);
            _tally.Failures += status == MmStatus.Ok ? 0 : 1;
            offset += (ulong)count;
            left -= (ulong)count;
        }
    }

    private void Pin(in TraceEvent e)
    {
        int number = _ids.Find(e.ObjectId);
        if (number < 0)
        {
            return;
        }

        Submit(0);
        BufferObject target = _objects[number].Object!;
        target.Reserve();
        if (e.Kind == TraceKind.Pin && target.Resource is not null)
        {
            target.Pin();
        }
        else if (e.Kind == TraceKind.Unpin && target.PinCount > 0)
        {
            target.Unpin();
        }

        target.Reservation.Unlock();
    }

    private void Advise(in TraceEvent e)
    {
        int number = _ids.Find(e.ObjectId);
        if (number < 0)
        {
            return;
        }

        bool isPurgeable = (e.Flags & TraceFlags.Purgeable) != 0 || (e.DeviceKind != DeviceEventKind.None && e.Detail != 0);
        BufferObject target = _objects[number].Object!;
        target.Reserve();
        target.Advise(isPurgeable ? MemoryAdvice.DontNeed : MemoryAdvice.WillNeed);
        target.Reservation.Unlock();
    }

    private void PaceFor(long timeNs)
    {
        if (_options.Pace == ReplayPace.Recorded && timeNs > 0)
        {
            _clock.AdvanceTo(new SimTime(Math.Min(timeNs, RecordingReplay.MaxTimeNs)));
        }
    }

    // Double buffering: the program may be two jobs ahead of the GPU.
    private void Submit(long baseNs)
    {
        if (_useCount == 0)
        {
            return;
        }

        long before = _clock.Now.Nanoseconds;
        _driver.WaitFence(_jobBefore);
        _tally.StallNs += _clock.Now.Nanoseconds - before;
        MmStatus status = _queue.Submit(_uses.AsSpan(0, _useCount), baseNs, out Fence fence);
        _tally.Failures += status == MmStatus.Ok ? 0 : 1;
        _jobBefore = _lastJob;
        _lastJob = fence;
        _useCount = 0;
        _job++;
    }

    // 16 bytes, four to a line.
    private struct Entry
    {
        public BufferObject? Object;
        public int Job; // The job being collected when it was used last.
    }
}
