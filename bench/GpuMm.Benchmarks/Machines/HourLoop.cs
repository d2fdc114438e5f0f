using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;

namespace GpuMm.Benchmarks.Machines;

/// <summary>
/// A long game: 20,000 objects, VRAM for half of them, 60 frames a second; each frame uses a window of objects that
/// wanders through the world, so that some move in and others out.
/// </summary>
internal sealed class HourLoop : IDisposable
{
    public const int Objects = 20_000;
    public const int UsesPerFrame = 500;
    private const int FrameNs = 16_666_667;

    private readonly GpuDevice _device;
    private readonly SimulatedDriver _driver;
    private readonly SubmissionQueue _queue;
    private readonly BufferObject[] _objects = new BufferObject[Objects];
    private readonly TextureUse[] _uses = new TextureUse[UsesPerFrame];
    private readonly Fence[] _frames = new Fence[2];
    private readonly Prng _prng = new(1);
    private int _frame;

    public HourLoop()
    {
        _driver = new SimulatedDriver(MachineProfile.Find("pcie4x16")!, new VirtualClock());
        ulong worldBytes = 0;
        ulong[] sizes = new ulong[Objects];
        for (int i = 0; i < Objects; i++)
        {
            sizes[i] = (64ul << 10) << (int)_prng.Below(6);
            worldBytes += sizes[i];
        }

        _device = new GpuDevice(
            new GpuDeviceOptions
            {
                VramBytes = Pages.Bytes(Pages.Count(worldBytes / 2)),
                ApertureBytes = Pages.Bytes(Pages.Count(worldBytes)),
                SystemBytes = Pages.Bytes(Pages.Count(worldBytes * 2)),
                Backing = BackingKind.None,
            },
            _driver);
        _queue = new SubmissionQueue(_driver, new SubmissionOptions { Name = "game" });
        for (int i = 0; i < Objects; i++)
        {
            OperationContext context = default;
            _device.TryCreate(new BufferObjectDescription(sizes[i]), Placement.Gtt, ref context, out BufferObject? made);
            _objects[i] = made!;
        }
    }

    public long MovedBytes => _device.Statistics.MoveBytes(MemoryDomain.Gtt, MemoryDomain.Vram) + _device.Statistics.MoveBytes(MemoryDomain.Vram, MemoryDomain.Gtt);

    public long Evictions => _device.Statistics.Evictions;

    public double SimulatedSeconds => _driver.Clock.Now.Nanoseconds / 1e9;

    /// <summary>One frame: waits for the one before the last, and for its turn at 60 per second.</summary>
    public void Draw()
    {
        _driver.WaitFence(_frames[_frame & 1]);
        int first = (int)((long)_frame * 3 % Objects);
        for (int i = 0; i < UsesPerFrame; i++)
        {
            BufferObject target = _objects[(first + (i * 7)) % Objects];
            _uses[i] = new TextureUse(target, target.SizeBytes / 4);
        }

        if (_queue.Submit(_uses, 4_000_000, out Fence fence) != MmStatus.Ok)
        {
            throw new InvalidOperationException("Half of the world fits.");
        }

        _frames[_frame & 1] = fence;
        _frame++;
        _driver.Clock.AdvanceTo(new SimTime((long)_frame * FrameNs));
    }

    public void Dispose() => _device.Dispose();
}
