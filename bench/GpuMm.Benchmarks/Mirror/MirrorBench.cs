using System;
using System.Diagnostics;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Simulation;
using GpuMm.Vulkan.Mirror;

namespace GpuMm.Benchmarks.Mirror;

/// <summary>Objects that go back and forth between video memory and aperture, with the mirror, without, and copies alone.</summary>
/// <remarks>Nothing is kept of the contents: the device's copy is the only one. Every figure is the median of its rounds.</remarks>
internal sealed class MirrorBench : IDisposable
{
    private const int Rounds = 15;
    private const int MovesPerRound = 48; // Three batches: no round waits for the device in the middle.
    private const ulong SustainedBytes = 512ul << 20;

    // As textures come: many small ones, few large ones.
    private static readonly ulong[] s_mix = [64ul << 10, 256ul << 10, 1ul << 20, 1ul << 20, 4ul << 20, 5_592_405 / 4096 * 4096, 16ul << 20, 22_369_621 / 4096 * 4096];

    private readonly MirrorDriver _driver;
    private readonly GpuDevice _device;

    public MirrorBench()
    {
        _driver = new MirrorDriver(MachineProfile.Find("pcie3x16")!, new VirtualClock(), new MirrorOptions { Check = MirrorCheck.None });
        _device = MakeDevice(_driver);
        _driver.Attach(_device);
    }

    public string DeviceName => $"{_driver.DeviceInfo.Name}, {_driver.DeviceInfo.Driver}";

    public double CpuMicrosecondsPerMove()
    {
        BufferObject target = Make(_device, 4096);
        double us = MicrosecondsPerMove(target, () => _driver.Report());
        Drop(target);
        return us;
    }

    public double SimulatedMicrosecondsPerMove()
    {
        SimulatedDriver plain = new(MachineProfile.Find("pcie3x16")!, new VirtualClock());
        using GpuDevice device = MakeDevice(plain);
        BufferObject target = Make(device, 4096);
        double us = MicrosecondsPerMove(target, static () => { });
        target.Release();
        return us;
    }

    public double ManagedBytesPerMove()
    {
        BufferObject target = Make(_device, 64 << 10);
        MoveOften(target, 512);
        long before = GC.GetAllocatedBytesForCurrentThread();
        MoveOften(target, 512);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Drop(target);
        return bytes / 512.0;
    }

    public SustainedRates Sustained(ulong sizeBytes) => Rates([sizeBytes]);

    public SustainedRates SustainedMix() => Rates(s_mix);

    public void Dispose()
    {
        _device.Dispose();
        _driver.Dispose();
    }

    private static GpuDevice MakeDevice(GpuDriver driver) => new(
        new GpuDeviceOptions { VramBytes = 128ul << 20, ApertureBytes = 128ul << 20, SystemBytes = 512ul << 20, Backing = BackingKind.None },
        driver);

    private static BufferObject Make(GpuDevice device, ulong sizeBytes)
    {
        OperationContext context = default;
        MmStatus status = device.TryCreate(new BufferObjectDescription(sizeBytes, "bench"), Placement.Vram, ref context, out BufferObject? made);
        return status == MmStatus.Ok ? made! : throw new InvalidOperationException($"Creating an object answered {status}.");
    }

    private static void Move(BufferObject target, Placement placement)
    {
        OperationContext context = default;
        target.Reserve();
        MmStatus status = target.Validate(placement, ref context);
        target.Unreserve();
        if (status != MmStatus.Ok)
        {
            throw new InvalidOperationException($"Moving an object answered {status}.");
        }
    }

    private static void MoveOften(BufferObject target, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Move(target, (i & 1) == 0 ? Placement.Gtt : Placement.Vram);
            Settle(target);
        }
    }

    // The virtual clock passes the copy, so that the manager keeps no list of what is under way.
    private static void Settle(BufferObject target) => ((SimulatedDriver)target.Device.Driver).Clock.Advance(100_000_000);

    private static double MicrosecondsPerMove(BufferObject target, Action drain)
    {
        // Until the code is compiled as well as it will be: that happens beside, a little later.
        for (int i = 0; i < 40; i++)
        {
            MoveOften(target, 128);
            drain();
            System.Threading.Thread.Sleep(20);
        }

        double[] us = new double[Rounds * 4];
        for (int round = -2; round < us.Length; round++)
        {
            long start = ThreadTime.Nanoseconds();
            MoveOften(target, MovesPerRound);
            double passed = (ThreadTime.Nanoseconds() - start) / 1000.0 / MovesPerRound;
            drain();
            if (round >= 0)
            {
                us[round] = passed;
            }
        }

        return Median(us);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private SustainedRates Rates(ulong[] sizes)
    {
        // Side by side, round by round: what disturbs the machine falls on all of them.
        ulong sum = sizes.Aggregate(0ul, static (all, size) => all + size);
        int passes = (int)Math.Max(2, SustainedBytes / sum / 2 * 2);
        using GpuDevice plain = MakeDevice(new SimulatedDriver(MachineProfile.Find("pcie3x16")!, new VirtualClock()));
        BufferObject[] targets = [.. sizes.Select(size => Make(_device, size))];
        BufferObject[] unmirrored = [.. sizes.Select(size => Make(plain, size))];
        double[] bare = new double[Rounds];
        double[] mirrored = new double[Rounds];
        double[] manager = new double[Rounds];
        using BareCopies copies = new(_driver.Device, sizes);
        for (int round = -1; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            copies.Run(passes);
            long copied = Stopwatch.GetTimestamp();
            Migrate(targets, passes);
            _driver.Mirror!.Stream.WaitAll();
            long migrated = Stopwatch.GetTimestamp();
            Migrate(unmirrored, passes);
            long managed = Stopwatch.GetTimestamp();
            if (round >= 0)
            {
                double bytes = sum * (ulong)passes;
                bare[round] = bytes / Stopwatch.GetElapsedTime(start, copied).TotalNanoseconds;
                mirrored[round] = bytes / Stopwatch.GetElapsedTime(copied, migrated).TotalNanoseconds;
                manager[round] = bytes / Stopwatch.GetElapsedTime(migrated, managed).TotalNanoseconds;
            }
        }

        foreach (BufferObject target in targets)
        {
            Drop(target);
        }

        return new SustainedRates(Median(bare), Median(mirrored), Median(manager));
    }

    private static void Migrate(BufferObject[] targets, int passes)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            foreach (BufferObject target in targets)
            {
                Move(target, (pass & 1) == 0 ? Placement.Gtt : Placement.Vram);
            }

            Settle(targets[0]);
        }
    }

    private void Drop(BufferObject target)
    {
        Settle(target);
        target.Release();
        _driver.Report();
    }
}
