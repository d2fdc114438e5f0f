using System;
using System.Globalization;
using GpuMm.Vulkan.Devices;

namespace GpuMm.Benchmarks.Mirror;

/// <summary><c>-- mirror</c>: what the mirror costs beside the copies that it makes.</summary>
internal static class MirrorCommand
{
    public static int Run()
    {
        try
        {
            using MirrorBench bench = new();
            Console.WriteLine($"device    {bench.DeviceName}");
            double cpuUs = bench.CpuMicrosecondsPerMove();
            double simulatedUs = bench.SimulatedMicrosecondsPerMove();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"cpu       {cpuUs - simulatedUs:0.00} us per move beside the copy ({cpuUs:0.00} us with the mirror, {simulatedUs:0.00} us without); target: below 5"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"managed   {bench.ManagedBytesPerMove():0.###} bytes per move; target: 0"));
            foreach (ulong sizeKiB in (ReadOnlySpan<ulong>)[64, 256, 1024, 4096, 16384])
            {
                Console.WriteLine(Line($"{sizeKiB,6} KiB", bench.Sustained(sizeKiB << 10)));
            }

            Console.WriteLine(Line("     a mix", bench.SustainedMix()) + "; target: 90 %");
            return 0;
        }
        catch (MirrorUnavailableException missing)
        {
            Console.Error.WriteLine(missing.Message);
            return 1;
        }
    }

    private static string Line(string what, SustainedRates rates) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what}  bare loop {rates.Bare,6:0.00} GB/s, migration {rates.Mirrored,6:0.00} GB/s: {rates.Mirrored / rates.Bare:P0} (the manager without a device: {rates.Manager:0.0} GB/s)");
}
