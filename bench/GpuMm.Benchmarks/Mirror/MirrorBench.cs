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
    private const int Rounds = 9;
    private const int MovesPerRound = 48; // Three batches: no round waits for the device in the middle.
    private const ulong SustainedBytes = 128ul << 20;

    private static readonly BareKind[] s_bare =
    [
        BareKind.Buffers,
        BareKind.Images,
        BareKind.Images | BareKind.Timestamps,
        BareKind.Images | BareKind.Timestamps | BareKind.MadeAnew,
        BareKind.Images | BareKind.SubmittedAlone,
    ];

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

    /// <summary>The ways that <see cref="Sustained"/> compares; the last is there to show that the manager could keep up.</summary>
    public static readonly string[] Ways =
    [
        "bare loop, buffers only",
        "bare loop",
        "  + timestamps",
        "  + made anew each",
        "bare loop, one a submission",
        "migration",
        "the manager without a device",
    ];

    /// <summary>The way that the target speaks of.</summary>
    public const int BareWay = 1;

    /// <summary>The mirror's way.</summary>
    public const int MigrationWay = 5;

    /// <summary>Sizes as textures come, bytes.</summary>
    public static ReadOnlySpan<ulong> MixedSizes => s_mix;

    public string DeviceName => $"{_driver.DeviceInfo.Name}, {_driver.DeviceInfo.Driver}";

    public double CpuMicrosecondsPerMove(ulong sizeBytes)
    {
        BufferObject target = Make(_device, sizeBytes);
        double us = MicrosecondsPerMove(target, () => _driver.Report());
        Drop(target);
        return us;
    }

    public static double SimulatedMicrosecondsPerMove(ulong sizeBytes)
    {
        SimulatedDriver plain = new(MachineProfile.Find("pcie3x16")!, new VirtualClock());
        using GpuDevice device = MakeDevice(plain);
        BufferObject target = Make(device, sizeBytes);
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

    /// <summary>Copies of some sizes in turn, there and back, in every way.</summary>
    /// <param name="sizes">The sizes, bytes.</param>
    /// <returns>One rate for each of <see cref="Ways"/>.</returns>
    public SustainedRates[] Sustained(ulong[] sizes)
    {
        ulong sum = sizes.Aggregate(0ul, static (all, size) => all + size);
        int passes = (int)Math.Max(4, SustainedBytes / sum / 2 * 2);
        using GpuDevice plain = MakeDevice(new SimulatedDriver(MachineProfile.Find("pcie3x16")!, new VirtualClock()));
        BufferObject[] targets = [.. sizes.Select(size => Make(_device, size))];
        BufferObject[] unmirrored = [.. sizes.Select(size => Make(plain, size))];
        BareCopies[] bare = Array.ConvertAll(s_bare, kind => new BareCopies(_driver.Vulkan, sizes, kind));
        Action[] ways =
        [
            .. bare.Select(copies => (Action)(() => copies.Run(passes))),
            () =>
            {
                Migrate(targets, passes);
                _driver.Mirror!.Stream.WaitAll();
            },
            () => Migrate(unmirrored, passes),
        ];
        SustainedRates[] rates = Measure(ways, sum * (ulong)passes, sizes.Length * passes);
        Array.ForEach(bare, static copies => copies.Dispose());
        Array.ForEach(targets, Drop);
        return rates;
    }

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
        for (int i = 0; i < 100; i++)
        {
            MoveOften(target, 128);
            drain();
            System.Threading.Thread.Sleep(20);
        }

        double[] us = new double[Rounds * 40];
        for (int round = -2; round < us.Length; round++)
        {
            long start = CpuTime.OfThread();
            MoveOften(target, MovesPerRound);
            double passed = (CpuTime.OfThread() - start) / 1000.0 / MovesPerRound;
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

    // Side by side, round by round: what disturbs the machine falls on all of them.
    private static SustainedRates[] Measure(Action[] ways, ulong bytes, int copies)
    {
        double[][] rates = [.. ways.Select(static _ => new double[Rounds])];
        double[][] cpu = [.. ways.Select(static _ => new double[Rounds])];
        for (int round = -1; round < Rounds; round++)
        {
            for (int way = 0; way < ways.Length; way++)
            {
                long start = Stopwatch.GetTimestamp();
                long cpuStart = CpuTime.OfProcess();
                ways[way]();
                double ns = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
                if (round >= 0)
                {
                    rates[way][round] = bytes / ns;
                    cpu[way][round] = (CpuTime.OfProcess() - cpuStart) / 1000.0 / copies;
                }
            }
        }

        return [.. ways.Select((_, way) => new SustainedRates(Median(rates[way]), Median(cpu[way])))];
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
