using System;
using System.Collections.Generic;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Simulation;
using GpuMm.Vulkan.Devices;

namespace GpuMm.Vulkan.Mirror;

/// <summary>
/// A simulated driver with a real device behind it: every move is also a copy there, between memory of the types that
/// stand for the domains. The manager decides, the mirror follows.
/// </summary>
/// <remarks>
/// A fence of the copy engine stands for a value of a timeline semaphore: whoever waits for the one waits for the other.
/// When the device fails the mirror ends, and the simulation goes on or stops, as asked. One thread, as every simulated
/// driver.
/// </remarks>
public sealed partial class MirrorDriver : SimulatedDriver, IDisposable
{
    // Fences that can be told apart at a time; a fence that far back was signalled long ago, or is waited for in order.
    private const int FenceSlots = 1024;

    private readonly MirrorOptions _options;
    private readonly VulkanDevice _device;
    private readonly ulong[] _values = new ulong[FenceSlots];
    private readonly Fence[] _fences = new Fence[FenceSlots];
    private DeviceMirror? _mirror;
    private MirrorReport? _last;
    private ulong _movedValue;
    private MirrorFailedException? _stop;

    /// <summary>Opens the device.</summary>
    /// <param name="profile">The machine's figures, for what the device does not time.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="options">How to mirror.</param>
    /// <exception cref="MirrorUnavailableException">There is no loader, no driver or no fitting device; one line says what helps.</exception>
    public MirrorDriver(MachineProfile profile, VirtualClock clock, MirrorOptions? options = null)
        : this(profile, clock, options ?? new MirrorOptions(), null)
    {
    }

    internal MirrorDriver(MachineProfile profile, VirtualClock clock, MirrorOptions options, VulkanDevice? device)
        : base(profile, clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BlockBytes, 1ul << 20, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.BlockBytes % 4096, 0ul, nameof(options));
        _options = options;
        _device = device ?? Open(options);
        bool isMade = false;
        try
        {
            _mirror = new DeviceMirror(_device, options.BlockBytes);
            _mirror.Stream.SharesTimestamps = options.Timing == MirrorTiming.Model && (options.SharesTimestamps ?? _device.Info.IsSoftware);
            isMade = true;
        }
        catch (VulkanException problem)
        {
            throw new MirrorUnavailableException($"{_device.Info.Name}: {problem.Message}", problem);
        }
        finally
        {
            if (!isMade)
            {
                _device.Dispose();
            }
        }
    }

    /// <summary>The device.</summary>
    public VulkanDeviceInfo DeviceInfo => _device.Info;

    /// <summary>True until the device failed.</summary>
    public bool IsMirroring => _mirror is not null;

    /// <summary>Why the mirror ended; null while it has not.</summary>
    public string? Failure { get; private set; }

    internal DeviceMirror? Mirror => _mirror;

    internal VulkanDevice Vulkan => _device;

    /// <summary>What video memory may be at most so that it is real, bytes: the budget of its heap, less a tenth.</summary>
    public ulong VramLimitBytes => _device.HeapOf(MemoryDomain.Vram).ObjectBytes;

    /// <summary>
    /// What all objects together may hold at most, bytes: the smallest sum of heaps that the domains share, less a tenth
    /// for copies under way.
    /// </summary>
    public ulong TotalLimitBytes => _device.HeapOf(MemoryDomain.System).ObjectBytes;

    /// <inheritdoc/>
    public override void WaitFence(Fence fence)
    {
        base.WaitFence(fence);
        WaitForDevice(fence);
    }

    /// <inheritdoc/>
    public override MmStatus WaitFence(Fence fence, ulong limitNs, WaitInterrupt? interrupt)
    {
        MmStatus status = base.WaitFence(fence, limitNs, interrupt);
        if (status == MmStatus.Ok)
        {
            WaitForDevice(fence);
        }

        return status;
    }

    /// <inheritdoc/>
    public override void OnFault(VmArea? area, VmFaultResult result, int insertedCount)
    {
        base.OnFault(area, result, insertedCount);
        if (insertedCount > 0 && area?.PrivateData is BufferObject target && _mirror is { } mirror)
        {
            MirrorObject mirrored = mirror.Track(target);
            mirrored.IsMapped = true;
            mirrored.IsTouched = true;
        }
    }

    /// <summary>Checksums every object that holds space with a shader, and compares with the CPU's bytes.</summary>
    /// <returns>Null when all agree, or when there is no mirror any more; else the first that does not.</returns>
    /// <remarks>Takes each object's reservation; none may be held.</remarks>
    public string? CheckAll()
    {
        string? problem = null;
        if (_mirror is { } mirror)
        {
            Guard(mirror, 0, (mirror, _) => problem = CheckEach(mirror));
        }

        return problem;
    }

    /// <summary>Compares where the manager has its objects with where the device has them. Cost: O(objects).</summary>
    /// <returns>Null when they agree, or when there is no mirror any more; else the first difference.</returns>
    public string? Difference() => _mirror?.Difference();

    /// <summary>Draws a picture on the device with the textures where they lie, and checks it against the CPU's bytes.</summary>
    /// <param name="quads">The quads, farthest first, at most 1024.</param>
    /// <param name="width">Pixels across, 1 to 4096.</param>
    /// <param name="height">Pixels down, 1 to 4096.</param>
    /// <returns>The picture; null when the device failed.</returns>
    /// <remarks>Waits for the device. Takes the reservation of each texture; none may be held.</remarks>
    public MirrorPicture? Draw(IReadOnlyList<MirrorQuad> quads, int width = 960, int height = 540)
    {
        ArgumentNullException.ThrowIfNull(quads);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1, nameof(width));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 4096, nameof(width));
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1, nameof(height));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, 4096, nameof(height));
        MirrorPicture? picture = null;
        if (_mirror is { } mirror)
        {
            Guard(mirror, 0, (mirror, _) => picture = mirror.Draw(quads, width, height));
        }

        return picture;
    }

    /// <summary>What the mirror did so far. Waits for the device.</summary>
    public MirrorReport Report()
    {
        if (_mirror is { } mirror)
        {
            Guard(mirror, 0, static (mirror, _) => mirror.Finish());
        }

        return _mirror is { } alive ? Sum(alive) : _last!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_mirror is not null)
        {
            _last = Sum(_mirror);
            _mirror.Dispose();
            _mirror = null;
        }

        _device.Dispose();
    }

    /// <inheritdoc/>
    protected override long CarryOut(in MoveRequest request, long modelNs)
    {
        _movedValue = 0;
        if (_stop is not null)
        {
            throw new MirrorFailedException(_stop.Message, _stop);
        }

        if (_mirror is not { } mirror)
        {
            return base.CarryOut(request, modelNs);
        }

        long durationNs = modelNs;
        try
        {
            // First the device: what the CPU wrote is read from where the bytes are before they move.
            _movedValue = mirror.Move(request, modelNs);
            request.CopyContents();
            if (_options.Timing == MirrorTiming.Measured && modelNs > 0)
            {
                mirror.Stream.Wait(_movedValue);
                durationNs = mirror.Counters.LastNs;
            }

            if (_options.Check == MirrorCheck.EachMove)
            {
                MirrorObject mirrored = mirror.Find(request.Target.Id)!;
                string? stale = mirror.CheckByShader(mirrored);
                if (stale is not null)
                {
                    throw new MirrorFailedException(stale);
                }
            }

            return durationNs;
        }
        catch (VulkanException problem)
        {
            Fail(mirror, problem);
            return base.CarryOut(request, modelNs);
        }
    }

    /// <inheritdoc/>
    protected override void OnQueued(in MoveRequest request, Fence fence)
    {
        int slot = SlotOf(fence);
        _fences[slot] = fence;
        _values[slot] = _movedValue;
    }

    // Each copy engine counts for itself: two of them share the slots evenly, more overwrite each other sooner.
    private int SlotOf(Fence fence) =>
        (int)(((fence.Seqno * 2) + (ReferenceEquals(fence.Context, Copy.Timeline) ? 0ul : 1ul)) & (FenceSlots - 1));

    private void WaitForDevice(Fence fence)
    {
        if (_mirror is not { } mirror || fence.Context is null)
        {
            return;
        }

        // A slot that was overwritten since holds a later point of the same timeline: that is late enough.
        int slot = SlotOf(fence);
        if (ReferenceEquals(_fences[slot].Context, fence.Context) && _fences[slot].Seqno >= fence.Seqno)
        {
            Guard(mirror, _values[slot], static (mirror, value) => mirror.Stream.Wait(value));
        }
    }

    private static VulkanDevice Open(MirrorOptions options)
    {
        VulkanInstance instance = new(options.Validate);
        bool isOpen = false;
        try
        {
            VulkanDevice device = new(instance, options.DeviceIndex);
            isOpen = true;
            return device;
        }
        catch (VulkanException problem)
        {
            throw new MirrorUnavailableException(problem.Message, problem);
        }
        finally
        {
            if (!isOpen)
            {
                instance.Dispose();
            }
        }
    }
}
