using System;
using System.Collections.Generic;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay;

/// <summary>
/// Does to a fresh device what a recording says was done to another: every public operation at its time. The decisions in the
/// recording are not repeated but compared: under the same configuration the device decides the same.
/// </summary>
/// <remarks>
/// One thread. An operation began when the first event of its own was raised. Submissions are bracketed by ReservedAll and
/// Submitted; what lies between them is their own doing. What cannot be repeated from outside (swap, power, bulk moves) is counted.
/// </remarks>
public sealed class RecordingReplay
{
    private readonly GpuDevice _device;
    private readonly SimulatedDriver? _driver;
    private readonly SubmissionQueue? _queue;
    private readonly AddressSpace _space;
    private readonly Dictionary<ulong, BufferObject> _objects = [];
    private readonly Dictionary<(ulong ObjectId, ulong Address), VmArea> _areas = [];
    private readonly Dictionary<ulong, VmArea> _areaOf = [];
    private readonly Dictionary<int, (ulong Offset, ulong Size)> _windows = [];
    private readonly List<TextureUse> _uses = [];
    private readonly SortedDictionary<string, long> _skipped = new(StringComparer.Ordinal);
    private byte[] _scratch = new byte[1 << 16];
    private long _startNs = -1;
    private bool _isSubmitting;
    private bool _isInFault;
    private TraceEvent? _creation;

    /// <summary>A replay onto a device.</summary>
    /// <param name="device">A fresh device.</param>
    public RecordingReplay(GpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _driver = device.Driver as SimulatedDriver;
        _queue = _driver is null ? null : new SubmissionQueue(_driver);
        _space = device.CreateAddressSpace();
    }

    /// <summary>Operations repeated.</summary>
    public long Operations { get; private set; }

    /// <summary>Operations that ended otherwise than in the recording.</summary>
    public long Divergences { get; private set; }

    /// <summary>CPU writes whose bytes the recording does not hold; zeroes were written.</summary>
    public long WritesWithoutBytes { get; private set; }

    /// <summary>Operations that cannot be repeated from outside, by name.</summary>
    public IReadOnlyDictionary<string, long> Skipped => _skipped;

    /// <summary>Replays a recording to its end.</summary>
    /// <param name="reader">The recording.</param>
    public void Run(ITraceReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        TraceEvent[] batch = new TraceEvent[1024];
        for (int count; (count = reader.Read(batch)) > 0;)
        {
            foreach (ref readonly TraceEvent e in batch.AsSpan(0, count))
            {
                Apply(e);
            }
        }

        FinishCreation(MmStatus.Ok);
    }

    /// <summary>Replays one event.</summary>
    /// <param name="e">The next event of the recording.</param>
    public void Apply(in TraceEvent e)
    {
        if (e.DeviceKind == DeviceEventKind.None)
        {
            return;
        }

        if (_startNs < 0)
        {
            _startNs = e.DeviceKind == DeviceEventKind.FenceWaited ? e.TimeNs - (long)e.DurationNs : e.TimeNs;
        }

        if (_isSubmitting)
        {
            ApplySubmission(e);
            return;
        }

        if (e.DeviceKind is DeviceEventKind.FaultEntered or DeviceEventKind.FaultServed || _isInFault)
        {
            // What a fault does beside, such as making its object younger, comes again with the access that faults.
            _isInFault = e.DeviceKind == DeviceEventKind.FaultEntered || (_isInFault && e.DeviceKind != DeviceEventKind.FaultServed);
            return;
        }

        if (_creation is not null && e.ObjectId == _creation.Value.ObjectId && e.DeviceKind is DeviceEventKind.Validated or DeviceEventKind.CreateFailed)
        {
            if (e.DeviceKind == DeviceEventKind.CreateFailed || e.Status == MmStatus.Ok)
            {
                FinishCreation(e.Status);
            }

            return;
        }

        if (_creation is null && ApplyOperation(e))
        {
            Operations++;
            _startNs = -1;
            _windows.Clear();
        }
    }

    // True when the event ends an operation of the program.
    private bool ApplyOperation(in TraceEvent e)
    {
        switch (e.DeviceKind)
        {
            case DeviceEventKind.WishWindow:
                _windows[e.Count] = (e.OffsetBytes, e.SizeBytes);
                return false;
            case DeviceEventKind.ObjectCreated:
                _creation = e;
                return false;
            case DeviceEventKind.ReservedAll:
                _isSubmitting = true;
                _uses.Clear();
                return false;
            case DeviceEventKind.Validated when e.Cause is TraceCause.Validate or TraceCause.Prefetch:
                return Validate(e);
            case DeviceEventKind.ObjectReleased:
                return Release(e);
            case DeviceEventKind.MappingCreated:
                return Map(e);
            case DeviceEventKind.MappingRemoved:
                return Unmap(e);
            case DeviceEventKind.CpuAccess:
                return Access(e);
            case DeviceEventKind.Pinned or DeviceEventKind.Unpinned or DeviceEventKind.Bumped or DeviceEventKind.Advised:
                return Change(e);
            case DeviceEventKind.BulkChanged or DeviceEventKind.BulkBumped or DeviceEventKind.SwappedOut or DeviceEventKind.DeviceSuspended
                or DeviceEventKind.DeviceResumed or DeviceEventKind.DeviceReset or DeviceEventKind.DeviceUnplugged or DeviceEventKind.LossAcknowledged
                or DeviceEventKind.LimitChanged:
                string name = e.DeviceKind.ToString();
                _skipped[name] = _skipped.GetValueOrDefault(name) + 1;
                return true;
            default:
                return false;
        }
    }

    private void FinishCreation(MmStatus expected)
    {
        if (_creation is not { } e)
        {
            return;
        }

        _creation = null;
        AdvanceToStart();
        CreationCode code = new(e.Detail);
        BufferObjectDescription description = new(
            e.SizeBytes, e.Name, (BufferObjectKind)code.Kind, (Caching)code.Caching, code.Priority, code.AlignmentBytes, null, e.ClientId);
        OperationContext context = default;
        MmStatus status = _device.TryCreate(description, PlacementOf(e), ref context, out BufferObject? made);
        Compare(status, expected);
        if (made is not null)
        {
            _objects[e.ObjectId] = made;
        }

        Operations++;
        _startNs = -1;
        _windows.Clear();
    }

    private void ApplySubmission(in TraceEvent e)
    {
        if (e.DeviceKind == DeviceEventKind.Used && _objects.TryGetValue(e.ObjectId, out BufferObject? target))
        {
            _uses.Add(new TextureUse(target, e.SizeBytes));
        }

        if (e.DeviceKind != DeviceEventKind.Submitted)
        {
            return;
        }

        _isSubmitting = false;
        AdvanceToStart();
        if (_queue is not null && _uses.Count > 0)
        {
            long baseNs = (long)Math.Min(e.OffsetBytes != 0 ? e.OffsetBytes : e.DurationNs, long.MaxValue / 4);
            Compare(_queue.Submit(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_uses), baseNs, out _), e.Status);
        }

        Operations++;
        _startNs = -1;
    }

    private bool Validate(in TraceEvent e)
    {
        if (_objects.TryGetValue(e.ObjectId, out BufferObject? target) && target.Reservation.TryLock())
        {
            AdvanceToStart();
            OperationContext context = new() { Cause = e.Cause == TraceCause.Prefetch ? MoveCause.Prefetch : MoveCause.Validate };
            MmStatus status = target.Validate(PlacementOf(e), ref context);
            target.Reservation.Unlock();
            Compare(status, e.Status);
        }

        return true;
    }

    private bool Release(in TraceEvent e)
    {
        if (_objects.Remove(e.ObjectId, out BufferObject? target))
        {
            AdvanceToStart();
            target.Release();
        }

        return true;
    }

    private bool Map(in TraceEvent e)
    {
        if (_objects.TryGetValue(e.ObjectId, out BufferObject? target))
        {
            AdvanceToStart();
            VmArea area = target.Map(_space);
            _areas[(e.ObjectId, e.OffsetBytes)] = area;
            _areaOf[e.ObjectId] = area;
        }

        return true;
    }

    private bool Unmap(in TraceEvent e)
    {
        if (_areas.Remove((e.ObjectId, e.OffsetBytes), out VmArea? area))
        {
            AdvanceToStart();
            if (_areaOf.TryGetValue(e.ObjectId, out VmArea? latest) && ReferenceEquals(latest, area))
            {
                _areaOf.Remove(e.ObjectId);
            }

            _space.Unmap(area);
        }

        return true;
    }

    private bool Access(in TraceEvent e)
    {
        if (!_areaOf.TryGetValue(e.ObjectId, out VmArea? area) || e.SizeBytes > 1 << 26 || e.OffsetBytes > area.SizeBytes - Math.Min(e.SizeBytes, area.SizeBytes))
        {
            return true;
        }

        AdvanceToStart();
        int length = (int)e.SizeBytes;
        if (_scratch.Length < length)
        {
            _scratch = new byte[length];
        }

        Span<byte> bytes = _scratch.AsSpan(0, length);
        if ((e.Flags & TraceFlags.Write) == 0)
        {
            Compare(_space.Read(area.StartAddress + e.OffsetBytes, bytes), MmStatus.Ok);
            return true;
        }

        if (e.Contents is { } contents && contents.Length == length)
        {
            contents.CopyTo(bytes);
        }
        else
        {
            bytes.Clear();
            WritesWithoutBytes++;
        }

        Compare(_space.Write(area.StartAddress + e.OffsetBytes, bytes), MmStatus.Ok);
        return true;
    }

    private bool Change(in TraceEvent e)
    {
        if (!_objects.TryGetValue(e.ObjectId, out BufferObject? target) || !target.Reservation.TryLock())
        {
            return true;
        }

        AdvanceToStart();
        switch (e.DeviceKind)
        {
            case DeviceEventKind.Pinned when target.Resource is not null:
                target.Pin();
                break;
            case DeviceEventKind.Unpinned when target.PinCount > 0:
                target.Unpin();
                break;
            case DeviceEventKind.Bumped:
                target.Bump();
                break;
            case DeviceEventKind.Advised:
                target.Advise((MemoryAdvice)e.Detail);
                break;
        }

        target.Reservation.Unlock();
        return true;
    }

    private Placement PlacementOf(in TraceEvent e)
    {
        Place[] places = new Place[e.Placement.Count];
        for (int i = 0; i < places.Length; i++)
        {
            (ulong offset, ulong size) = _windows.GetValueOrDefault(i);
            ulong first = offset >> Pages.Shift;
            places[i] = new Place(
                e.Placement.DomainAt(i), (PlaceFlags)e.Placement.FlagsAt(i), first, size == 0 ? 0 : first + (size >> Pages.Shift));
        }

        return new Placement(places);
    }

    private void AdvanceToStart()
    {
        if (_driver is not null && _startNs > 0)
        {
            _driver.Clock.AdvanceTo(new SimTime(_startNs));
        }
    }

    private void Compare(MmStatus status, MmStatus expected) => Divergences += status == expected ? 0 : 1;
}
