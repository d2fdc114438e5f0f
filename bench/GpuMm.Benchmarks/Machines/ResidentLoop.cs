using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Simulation;

namespace GpuMm.Benchmarks.Machines;

/// <summary>Submissions over objects that are all in VRAM already: what a frame costs when nothing moves.</summary>
internal sealed class ResidentLoop : IDisposable
{
    private readonly GpuDevice _device;
    private readonly SimulatedDriver _driver;
    private readonly SubmissionQueue _queue;
    private readonly TextureUse[] _uses;
    private Fence _previous;

    /// <summary>Objects of 64 KiB, with reservations of their own or one for all.</summary>
    public ResidentLoop(int objects, bool sharesReservation)
    {
        _driver = new SimulatedDriver(MachineProfile.Find("rtx4090")!, new VirtualClock());
        ulong sizeBytes = (ulong)objects << 16;
        _device = new GpuDevice(
            new GpuDeviceOptions { VramBytes = sizeBytes, ApertureBytes = 64ul << 20, SystemBytes = 64ul << 20, Backing = BackingKind.None }, _driver);
        _queue = new SubmissionQueue(_driver, new SubmissionOptions { Name = "app" });
        _uses = new TextureUse[objects];
        Reservation? shared = sharesReservation ? new Reservation() : null;
        BulkMove? bulk = shared is null ? null : new BulkMove(_device, shared);
        shared?.Lock();
        for (int i = 0; i < objects; i++)
        {
            OperationContext context = default;
            _device.TryCreate(new BufferObjectDescription(64ul << 10, SharedReservation: shared), Placement.Vram, ref context, out BufferObject? made);
            _uses[i] = new TextureUse(made!, 4096);
            if (bulk is not null)
            {
                made!.SetBulkMove(bulk);
            }
        }

        shared?.Unlock();
    }

    public int Objects => _uses.Length;

    /// <summary>One frame over all objects; the GPU may be one frame behind.</summary>
    public void Submit()
    {
        _driver.WaitFence(_previous);
        if (_queue.Submit(_uses, 1000, out _previous) != MmStatus.Ok)
        {
            throw new InvalidOperationException("All objects fit.");
        }
    }

    public void Dispose() => _device.Dispose();
}
