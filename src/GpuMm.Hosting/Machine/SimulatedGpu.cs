using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using GpuMm.Diagnostics;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.Views;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Simulation;
using Microsoft.Extensions.Options;

namespace GpuMm.Hosting.Machine;

/// <summary>A simulated GPU that runs on the wall clock: device, driver, clients and events under one name.</summary>
/// <remarks>
/// Needs neither dependency injection nor a host: fences signal by a timer of its own and by whoever waits. Safe for
/// concurrent use.
/// </remarks>
public sealed class SimulatedGpu : IBufferObjectManager, IDisposable, IAsyncDisposable
{
    private readonly SessionTable _sessions;
    private bool _isDisposed;

    /// <summary>A device with empty memories.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">What it is.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="OptionsValidationException">It cannot work like that; the message names key and fix.</exception>
    public SimulatedGpu(string name, SimulatedGpuOptions options, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(options);
        ValidateOptionsResult valid = new SimulatedGpuOptionsValidator().Validate(name, options);
        if (valid.Failed)
        {
            throw new OptionsValidationException(name, typeof(SimulatedGpuOptions), valid.Failures);
        }

        Name = name;
        Options = options;
        Time = time ?? TimeProvider.System;
        MachineProfile machine = MachineProfile.Find(options.Machine)!;
        Machine = options.TryGetLink(out LinkModel? link) && link is not null ? machine with { Link = link } : machine;
        Driver = new RealTimeDriver(Machine, Time, options.Speed);
        Events = new EventRing(options.EventCapacity);
        Device = new GpuDevice(DeviceOptions(options, Machine), Driver);
        Throttle = options.MovePerSecond is { } rate ? new SubmissionThrottle(Device, rate.Bytes) : null;
        Observer = new GpuObserver(name, Events, Activity);
        Device.AddObserver(Observer);
        Evictions = new EvictionJournal(options.EvictionPolicy ?? "lru");
        Device.AddObserver(Evictions);
        _sessions = new SessionTable(this);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>What it was made of.</summary>
    public SimulatedGpuOptions Options { get; }

    /// <summary>Its machine's figures.</summary>
    public MachineProfile Machine { get; }

    /// <summary>Its clock.</summary>
    public TimeProvider Time { get; }

    /// <inheritdoc/>
    public GpuDevice Device { get; }

    /// <summary>Keeps jobs from moving more than <see cref="SimulatedGpuOptions.MovePerSecond"/>; null without that limit.</summary>
    public SubmissionThrottle? Throttle { get; }

    /// <inheritdoc/>
    public RealTimeDriver Driver { get; }

    /// <inheritdoc/>
    public ObjectDirectory Objects { get; } = new();

    /// <inheritdoc/>
    public EventRing Events { get; }

    /// <summary>Why things were evicted.</summary>
    public EvictionJournal Evictions { get; }

    /// <summary>What it did so far that the device itself does not count.</summary>
    public GpuActivity Activity { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<GpuSession> Sessions => _sessions.Snapshot();

    /// <inheritdoc/>
    public GroupTable Groups => _sessions.Groups;

    internal SessionTable SessionTable => _sessions;

    internal GpuObserver Observer { get; }

    internal ISessionJournal? Journal { get; set; }

    /// <inheritdoc/>
    public SessionError? TryCreate(in ObjectRequest request, out BufferObject? created)
    {
        SessionError? error = CreateTracked(request, clientId: 0, out TrackedObject? tracked);
        created = tracked?.Target;
        return error;
    }

    /// <inheritdoc/>
    public SessionError? TryOpenSession(string name, SessionLimits limits, out GpuSession? opened, string? group = null) =>
        _sessions.TryOpen(name, limits, out opened, group: group);

    /// <summary>Finds an open client.</summary>
    /// <param name="id">Its number.</param>
    /// <returns>The client, or null.</returns>
    public GpuSession? FindSession(int id) => _sessions.Find(id);

    /// <inheritdoc/>
    public AddressSpace CreateAddressSpace() => Device.CreateAddressSpace();

    /// <summary>Releases every client and frees everything, queued copies waited for.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _sessions.Dispose();
        Device.Dispose();
        Driver.Dispose();
    }

    /// <summary>The same, without holding a thread while what is queued ends.</summary>
    public async ValueTask DisposeAsync()
    {
        while (!_isDisposed && Driver.PendingCount > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), Time).ConfigureAwait(false);
            Driver.Pump();
        }

        Dispose();
    }

    internal SessionError? CreateTracked(in ObjectRequest request, int clientId, out TrackedObject? tracked, MemoryGroup? group = null)
    {
        tracked = null;
        if (!PlacementNames.TryGet(request.PlacementName, out Placement placement))
        {
            return new SessionError(SessionErrorKind.Invalid, $"There is no placement '{request.PlacementName}'; ask for one of {string.Join(", ", PlacementNames.All)}.");
        }

        Driver.Pump();
        OperationContext context = default;
        BufferObjectDescription description = new(
            request.SizeBytes, request.Name, request.Kind, request.Caching, request.Priority, request.AlignmentBytes, ClientId: clientId, Group: group);
        MmStatus status = Device.TryCreate(description, placement, ref context, out BufferObject? created);
        if (status != MmStatus.Ok)
        {
            return SessionError.From(status, $"Creating '{request.Name}' of {ByteSize.Format(request.SizeBytes)}");
        }

        tracked = new TrackedObject(created!, clientId, request.PlacementName ?? PlacementNames.Usual, placement, Driver.ClockNs);
        Objects.Add(tracked);
        return null;
    }

    internal void Forget(TrackedObject tracked) => Objects.Remove(tracked);

    private static GpuDeviceOptions DeviceOptions(SimulatedGpuOptions options, MachineProfile machine)
    {
        ulong visible = options.VramAllocator == GpuMm.Ranges.SpaceAllocatorKind.Bins
            ? options.Vram.Bytes
            : options.VisibleVram?.Bytes ?? Math.Min(machine.BarBytes & ~(Pages.SizeBytes - 1), options.Vram.Bytes);
        return new GpuDeviceOptions
        {
            VramBytes = options.Vram.Bytes,
            VisibleVramBytes = visible,
            ApertureBytes = options.Aperture.Bytes,
            SystemBytes = options.System.Bytes,
            VramAllocator = options.VramAllocator,
            Backing = options.Backing,
            EvictionPolicy = options.EvictionPolicy,
        };
    }
}
