using System;
using System.Collections.Generic;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Lab.League;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Traces.Model;
using GpuMm.Traces.Recording;

namespace GpuMm.Lab.Replay;

/// <summary>
/// Does to a fresh device what a recording says was done to another: every public operation at its time. The decisions in the
/// recording are not repeated but compared: under the same configuration the device decides the same.
/// </summary>
/// <remarks>
/// One thread. An operation began when the first event of its own was raised, and is repeated when the event is read that ends
/// it: one whose end the recording does not have is not. Submissions are bracketed by ReservedAll and Submitted; what lies
/// between them is their own doing. What the device found locked by the program is locked here too. Which operation is which
/// event is a table in the page of GpuMm.Traces.
/// </remarks>
public sealed partial class RecordingReplay
{
    // 36 years. Times are added to times; beyond it a sum might wrap.
    internal const long MaxTimeNs = 1L << 60;

    private readonly GpuDevice _device;
    private readonly SimulatedDriver? _driver;
    private readonly Dictionary<ulong, BufferObject> _objects = [];
    private readonly Dictionary<int, (ulong Offset, ulong Size)> _windows = [];
    private readonly SortedDictionary<string, long> _skipped = new(StringComparer.Ordinal);
    private long _events;
    private long _firstNs = -1; // Of the first event since the last operation
    private long _faultNs = -1; // Of the first fault since then
    private long _startNs; // When the operation began whose end is read next
    private bool _isInFault;
    private bool _mayBreakOff; // A signal could have ended the access
    private bool _isSignaled; // It was there, and ended at least what the access did on the way
    private TraceEvent? _creation;

    /// <summary>A replay onto a device.</summary>
    /// <param name="device">A fresh device.</param>
    public RecordingReplay(GpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _driver = device.Driver as SimulatedDriver;
        _groups[0] = device.RootGroup;
    }

    /// <summary>Operations repeated.</summary>
    public long Operations { get; private set; }

    /// <summary>Operations that ended otherwise than in the recording.</summary>
    public long Divergences { get; private set; }

    /// <summary>CPU writes whose bytes the recording does not hold; zeroes were written.</summary>
    public long WritesWithoutBytes { get; private set; }

    /// <summary>Operations that could not be repeated, by name: what they are about is not in the recording.</summary>
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
    }

    /// <summary>Replays one event.</summary>
    /// <param name="e">The next event of the recording.</param>
    /// <exception cref="LeagueException">No device can have written it; the message tells which event, from 0. The replay is over.</exception>
    public void Apply(in TraceEvent e)
    {
        try
        {
            ApplyAny(e);
            _events++;
        }
        catch (Exception refusal) when (refusal is ArgumentException or InvalidOperationException or OverflowException)
        {
            // What the device refuses outright, no device was asked by a program that lived to see its recording end.
            string of = e.ObjectId == 0 ? "" : $" of object {e.ObjectId}";
            throw new LeagueException(
                $"Event {_events} of the recording ({e.DeviceKind}{of}, at {e.TimeNs} ns) cannot have happened: {refusal.Message.Split(" (Parameter", 2)[0].ReplaceLineEndings(" ")} " +
                "The recording is damaged; take another copy of it.", refusal);
        }
    }

    private void ApplyAny(in TraceEvent e)
    {
        if (e.DeviceKind == DeviceEventKind.None)
        {
            return;
        }

        Note(e);
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

        if (_creation is { } creation && e.ObjectId == creation.ObjectId && e.DeviceKind is DeviceEventKind.Validated or DeviceEventKind.CreateFailed)
        {
            if (e.DeviceKind == DeviceEventKind.CreateFailed || e.Status == MmStatus.Ok)
            {
                Create(creation, e.Status);
                End();
            }

            return;
        }

        if (_creation is null && ApplyOperation(e))
        {
            End();
        }
    }

    // What is known before the operation ends that the event belongs to: when it began, and what stood in its way.
    private void Note(in TraceEvent e)
    {
        long beganNs = e.DeviceKind == DeviceEventKind.FenceWaited ? Before(e) : e.TimeNs;
        _firstNs = _firstNs < 0 ? beganNs : _firstNs;
        if (e.DeviceKind == DeviceEventKind.FaultEntered)
        {
            _faultNs = _faultNs < 0 ? e.TimeNs : _faultNs;
            _mayBreakOff |= (e.Detail & 2) != 0;
            _isSignaled |= (e.Detail & 4) != 0;
        }

        _startNs = e.DeviceKind switch
        {
            DeviceEventKind.ReservedAll or DeviceEventKind.ObjectCreated => e.TimeNs,
            _ when _isSubmitting || _creation is not null => _startNs, // Known, and it is not over.
            DeviceEventKind.CpuAccess or DeviceEventKind.AccessFaulted or DeviceEventKind.RemoteAccess when e.Count != 0 =>
                _faultNs < 0 ? Before(e) : Math.Min(_faultNs, Before(e)),
            DeviceEventKind.Validated or DeviceEventKind.CpuAccess when e.Count == 0 => _firstNs,
            _ => Before(e),
        };
        switch (e.DeviceKind)
        {
            case DeviceEventKind.FoundLocked:
            case DeviceEventKind.EvictionSkipped when (SkipReason)e.Reason == SkipReason.Locked && e.Detail == 0:
                _foundLocked.Add(e.ObjectId);
                break;
            case DeviceEventKind.FaultInjected:
                _failing.Add(((FaultPoint)e.Count, e.Detail));
                break;
            case DeviceEventKind.ObjectDestroyed or DeviceEventKind.CreateFailed:
                _reservations.Remove(e.ObjectId);
                break;
        }
    }

    // When began what the event ends: the device tells how long it took.
    private static long Before(in TraceEvent e) => e.TimeNs - (long)Math.Min(e.DurationNs, (ulong)Math.Max(0, e.TimeNs));

    private void End()
    {
        Operations++;
        Forget();
    }

    private void Forget()
    {
        _firstNs = -1;
        _faultNs = -1;
        _mayBreakOff = false;
        _isSignaled = false;
        _windows.Clear();
        _foundLocked.Clear();
        _creation = null;
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
                BeginSubmission(e);
                return false;
            case DeviceEventKind.QueueOpened:
                return OpenQueue(e);
            case DeviceEventKind.ClientOpened or DeviceEventKind.ClientClosed:
            case DeviceEventKind.FaultInjected when (FaultPoint)e.Count == FaultPoint.Lock:
                Forget(); // It stands alone.
                return false;
            case DeviceEventKind.Validated when IsRequest(e):
            case DeviceEventKind.Pinned or DeviceEventKind.Unpinned or DeviceEventKind.Bumped or DeviceEventKind.Advised:
            case DeviceEventKind.BulkChanged or DeviceEventKind.LossAcknowledged or DeviceEventKind.CameBack:
            case DeviceEventKind.BusMappingKept or DeviceEventKind.BusMappingDropped:
            case DeviceEventKind.PopulateEnded or DeviceEventKind.SwapEnded:
            case DeviceEventKind.BoundToAperture when e.Detail != 0:
                return ChangeObject(e);
            case DeviceEventKind.ObjectReleased:
                return Release(e);
            case DeviceEventKind.Named when e.RelatedId != 0:
            case DeviceEventKind.HandleOpened or DeviceEventKind.HandleClosed:
                return ChangeHandle(e);
            case DeviceEventKind.SpaceOpened or DeviceEventKind.MappingCreated or DeviceEventKind.MappingRemoved:
            case DeviceEventKind.RangeUnmapped or DeviceEventKind.RangeProtected or DeviceEventKind.FilePagesRemapped or DeviceEventKind.UsageForgotten:
                return ChangeSpace(e);
            case DeviceEventKind.CpuAccess or DeviceEventKind.RemoteAccess or DeviceEventKind.AccessFaulted:
                return Access(e);
            case DeviceEventKind.BulkMade or DeviceEventKind.BulkBumped:
            case DeviceEventKind.GpuVmOpened or DeviceEventKind.GpuVmClosed or DeviceEventKind.GpuMapped or DeviceEventKind.GpuUnmapped:
                return ChangeGpuSpace(e);
            case DeviceEventKind.GroupCreated or DeviceEventKind.GroupRemoved or DeviceEventKind.PeakReset or DeviceEventKind.LimitChanged:
                return ChangeGroup(e);
            case DeviceEventKind.SwapOutEnded or DeviceEventKind.EvictAheadEnded or DeviceEventKind.Reaped or DeviceEventKind.FaultsPlanned:
            case DeviceEventKind.DeviceSuspended or DeviceEventKind.DeviceResumed or DeviceEventKind.DeviceReset or DeviceEventKind.DeviceUnplugged:
                return ChangeDevice(e);
            default:
                return !Enum.IsDefined(e.DeviceKind) && Skip(e);
        }
    }

    // Recordings of before tell no request apart; there the cause does.
    private static bool IsRequest(in TraceEvent e) => e.Count != 0 || e.Cause is TraceCause.Validate or TraceCause.Prefetch;

    private bool Skip(in TraceEvent e)
    {
        string name = e.DeviceKind.ToString();
        _skipped[name] = _skipped.GetValueOrDefault(name) + 1;
        return true;
    }

    private OperationContext ContextOf(in TraceEvent e, Reservation? own)
    {
        RequestCode request = new(e.Count);
        OperationContext context = new()
        {
            Cause = DeviceEvents.ToDevice(e).Cause,
            NoWaitGpu = request.Flags.HasFlag(RequestFlags.NoWaitGpu),
            AllowReservedEviction = request.Flags.HasFlag(RequestFlags.AllowsReservedEviction),
            ForceAllocate = request.Flags.HasFlag(RequestFlags.ForcesAllocation),
            HeldReservation = request.Flags.HasFlag(RequestFlags.HoldsOwn) ? own
                : request.HeldReservation != 0 ? ReservationOf(request.HeldReservation) : null,
        };
        if (request.Flags.HasFlag(RequestFlags.IsInterrupted))
        {
            context.Interrupt = _raised;
        }

        return context;
    }

    // With the windows that were told for it.
    private Placement PlacementOf(PlacementCode code, int firstNumber)
    {
        Place[] places = new Place[code.Count];
        for (int i = 0; i < places.Length; i++)
        {
            (ulong offset, ulong size) = _windows.GetValueOrDefault(firstNumber + i);
            ulong first = offset >> Pages.Shift;
            places[i] = new Place(
                code.DomainAt(i), (PlaceFlags)code.FlagsAt(i), first, size == 0 ? 0 : first + (size >> Pages.Shift));
        }

        return new Placement(places);
    }

    private void AdvanceToStart()
    {
        if (_driver is not null && _startNs > 0)
        {
            _driver.Clock.AdvanceTo(new SimTime(_startNs <= MaxTimeNs ? _startNs : throw new InvalidOperationException("the time is more than 36 years.")));
        }
    }

    private void Compare(MmStatus status, MmStatus expected) => Divergences += status == expected ? 0 : 1;

    private void Compare(ulong number, ulong expected) => Divergences += number == expected ? 0 : 1;
}
