using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
/// without having been made is made at that moment, in the aperture while that has free room, else in system RAM. One thread. Memory: a buffer object (about 500 bytes) per live object.
/// </remarks>
public sealed class FullReplay : IDisposable
{
    private const int MaxAccessBytes = 1 << 16;
    private const int SoonCount = 64;

    // Nobody is evicted for an object that nobody uses yet.
    private static readonly Placement s_birthplace =
        new(new Place(MemoryDomain.Gtt, PlaceFlags.Desired), new Place(MemoryDomain.System));

    private readonly FullReplayOptions _options;
    private readonly VirtualClock _clock = new();
    private readonly SimulatedDriver _driver;
    private readonly GpuDevice _device;
    private readonly SubmissionQueue _queue;
    private readonly AddressSpace _space;
    private readonly Dictionary<ulong, Entry> _objects = [];
    private readonly TextureUse[] _uses;
    private readonly byte[] _bytes = new byte[MaxAccessBytes];
    private readonly BufferObject[] _soon = new BufferObject[SoonCount];
    private int _useCount;
    private int _job = 1;
    private Fence _lastJob;
    private Fence _jobBefore;
    private long _events;
    private long _requests;
    private long _misses;
    private ulong _missBytes;
    private long _made;
    private long _failures;
    private long _stallNs;

    /// <summary>Sets a machine up.</summary>
    /// <param name="options">Machine and rules.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not whole pages, or a number out of range.</exception>
    public FullReplay(FullReplayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.JobUses, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.JobUses, FullReplayOptions.MaxJobUses, nameof(options));
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
    public FullReplayResult Run(ITraceReader reader, Action<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        TraceEvent[] batch = new TraceEvent[512];
        long nextReport = 1 << 16;
        for (int count; (count = reader.Read(batch)) > 0;)
        {
            for (int first = 0; first < count; first += SoonCount)
            {
                ReadOnlySpan<TraceEvent> next = batch.AsSpan(first, Math.Min(SoonCount, count - first));
                _ = Touch(next);
                foreach (ref readonly TraceEvent e in next)
                {
                    Apply(e);
                }
            }

            if (_events >= nextReport)
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
        _events++;
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
        ulong freeBytes = vram.SizeBytes - vram.UsedBytes;
        ulong hole = ReplayDevices.LargestHole(_device);
        return new FullReplayResult
        {
            Events = _events,
            Requests = _requests,
            Misses = _misses,
            MissBytes = _missBytes,
            Objects = _made,
            Failures = _failures,
            Jobs = _queue.JobCount,
            Evictions = counts.Evictions,
            ToVramBytes = counts.MoveBytes(MemoryDomain.Gtt, MemoryDomain.Vram) + counts.MoveBytes(MemoryDomain.System, MemoryDomain.Vram),
            FromVramBytes = counts.MoveBytes(MemoryDomain.Vram, MemoryDomain.Gtt) + counts.MoveBytes(MemoryDomain.Vram, MemoryDomain.System),
            LinkReadBytes = _queue.LinkReadBytes,
            Faults = counts.Faults,
            ZappedPtes = counts.ZappedPtes,
            SimulatedNs = _clock.Now.Nanoseconds,
            StallNs = _stallNs,
            CopyNs = _driver.Copy.BusyTime.Nanoseconds,
            RenderNs = _driver.Render.BusyTime.Nanoseconds,
            VramPeakBytes = vram.PeakBytes,
            VramUsedBytes = vram.UsedBytes,
            LargestHoleBytes = hole,
            Fragmentation = freeBytes == 0 ? 0 : 1 - ((double)hole / freeBytes),
            BrokenInvariants = _device.Validate().Count,
        };
    }

    /// <summary>Frees the device.</summary>
    public void Dispose() => _device.Dispose();

    // Objects lie all over memory. Those of the next events are read side by side, so that the processor fetches them at the
    // same time, instead of one after the other when their events come. What it answers means nothing; without an answer, or
    // inlined, the reads could be left out.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong Touch(ReadOnlySpan<TraceEvent> next)
    {
        int count = 0;
        foreach (ref readonly TraceEvent e in next)
        {
            ref Entry entry = ref CollectionsMarshal.GetValueRefOrNullRef(_objects, e.ObjectId);
            if (!Unsafe.IsNullRef(ref entry))
            {
                _soon[count++] = entry.Object;
            }
        }

        ReadOnlySpan<BufferObject> soon = _soon.AsSpan(0, count);
        ulong touched = 0;
        foreach (BufferObject target in soon)
        {
            touched += target.Resource?.SizeBytes ?? target.SizeBytes;
        }

        foreach (BufferObject target in soon)
        {
            Reservation reservation = target.Reservation;
            touched += reservation.FenceCount > 0 ? reservation.FenceAt(0, out _).Seqno : 0;
            touched += target.Pages?.PageCount ?? 0;
        }

        return touched;
    }

    private void Use(in TraceEvent e)
    {
        _requests++;
        ref Entry entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_objects, e.ObjectId, out bool exists);
        if (!exists && !TryMake(ref entry, e))
        {
            _objects.Remove(e.ObjectId);
            return;
        }

        BufferObject target = entry.Object;
        if (entry.Job == _job)
        {
            return; // The job uses it already: a second use in one job moves nothing.
        }

        if (target.Resource is not { Domain: MemoryDomain.Vram })
        {
            _misses++;
            _missBytes += target.SizeBytes;
        }

        entry.Job = _job;
        _uses[_useCount++] = new TextureUse(target, Math.Min(e.SizeBytes == 0 ? target.SizeBytes : e.SizeBytes, target.SizeBytes));
        if (_useCount == _uses.Length)
        {
            PaceFor(e.TimeNs);
            Submit(0);
        }
    }

    private bool TryMake(ref Entry entry, in TraceEvent e)
    {
        OperationContext context = default;
        BufferObjectDescription description = new(Math.Clamp(e.SizeBytes, 1, 1ul << 46), e.Name, ClientId: e.ClientId);
        if (_device.TryCreate(description, s_birthplace, ref context, out BufferObject? made) != MmStatus.Ok)
        {
            _failures++;
            return false;
        }

        _made++;
        entry.Object = made!;
        return true;
    }

    private void Create(in TraceEvent e)
    {
        ref Entry entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_objects, e.ObjectId, out bool exists);
        if (!exists && !TryMake(ref entry, e))
        {
            _objects.Remove(e.ObjectId);
        }
    }

    private void Destroy(ulong id)
    {
        if (!_objects.TryGetValue(id, out Entry entry))
        {
            return;
        }

        if (entry.Job == _job)
        {
            Submit(0);
            entry = _objects[id];
        }

        _objects.Remove(id);
        if (entry.Area is not null)
        {
            _space.Unmap(entry.Area);
        }

        entry.Object.Release();
    }

    private void Access(in TraceEvent e)
    {
        if (!_objects.ContainsKey(e.ObjectId))
        {
            return;
        }

        // What the GPU was asked to do before goes first.
        Submit(0);
        PaceFor(e.TimeNs);
        ref Entry entry = ref CollectionsMarshal.GetValueRefOrNullRef(_objects, e.ObjectId);
        entry.Area ??= entry.Object.Map(_space);
        ulong offset = Math.Min(e.OffsetBytes, entry.Area.SizeBytes - 1);
        ulong left = Math.Min(Math.Max(1, e.SizeBytes), entry.Area.SizeBytes - offset);
        while (left > 0)
        {
            int count = (int)Math.Min(left, MaxAccessBytes);
            Span<byte> bytes = _bytes.AsSpan(0, count);
            ulong address = entry.Area.StartAddress + offset;
            MmStatus status = (e.Flags & TraceFlags.Write) != 0 ? _space.Write(address, bytes) : _space.Read(address, bytes);
            _failures += status == MmStatus.Ok ? 0 : 1;
            offset += (ulong)count;
            left -= (ulong)count;
        }
    }

    private void Pin(in TraceEvent e)
    {
        if (_objects.TryGetValue(e.ObjectId, out Entry entry))
        {
            Submit(0);
            entry.Object.Reserve();
            if (e.Kind == TraceKind.Pin && entry.Object.Resource is not null)
            {
                entry.Object.Pin();
            }
            else if (e.Kind == TraceKind.Unpin && entry.Object.PinCount > 0)
            {
                entry.Object.Unpin();
            }

            entry.Object.Reservation.Unlock();
        }
    }

    private void Advise(in TraceEvent e)
    {
        if (_objects.TryGetValue(e.ObjectId, out Entry entry))
        {
            bool isPurgeable = (e.Flags & TraceFlags.Purgeable) != 0 || (e.DeviceKind != DeviceEventKind.None && e.Detail != 0);
            entry.Object.Reserve();
            entry.Object.Advise(isPurgeable ? MemoryAdvice.DontNeed : MemoryAdvice.WillNeed);
            entry.Object.Reservation.Unlock();
        }
    }

    private void PaceFor(long timeNs)
    {
        if (_options.Pace == ReplayPace.Recorded && timeNs > 0)
        {
            _clock.AdvanceTo(new SimTime(timeNs));
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
        _stallNs += _clock.Now.Nanoseconds - before;
        MmStatus status = _queue.Submit(_uses.AsSpan(0, _useCount), baseNs, out Fence fence);
        _failures += status == MmStatus.Ok ? 0 : 1;
        _jobBefore = _lastJob;
        _lastJob = fence;
        _useCount = 0;
        _job++;
    }

    private struct Entry
    {
        public BufferObject Object;
        public VmArea? Area;
        public int Job; // The job being collected when it was used last.
    }
}
