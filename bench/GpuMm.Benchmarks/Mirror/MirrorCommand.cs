using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GpuMm.Vulkan.Devices;

namespace GpuMm.Benchmarks.Mirror;

/// <summary><c>-- mirror</c>: what the mirror costs beside the copies that it makes.</summary>
internal static class MirrorCommand
{
    private static readonly ulong[] s_sizesKiB = [64, 256, 1024, 4096, 16384];

    public static int Run()
    {
        try
        {
            using MirrorBench bench = new();
            Console.WriteLine($"device    {bench.DeviceName}");
            foreach (ulong sizeBytes in (ReadOnlySpan<ulong>)[4096, 4 << 20])
            {
                double cpuUs = bench.CpuMicrosecondsPerMove(sizeBytes);
                double simulatedUs = MirrorBench.SimulatedMicrosecondsPerMove(sizeBytes);
                Write($"cpu       {cpuUs - simulatedUs:0.00} us per move of {sizeBytes >> 10} KiB beside the copy ({cpuUs:0.00} us with the mirror, {simulatedUs:0.00} us without); target: below 5");
            }

            Write($"managed   {bench.ManagedBytesPerMove():0.###} bytes per move; target: 0");
            List<SustainedRates[]> columns = [.. s_sizesKiB.Select(size => bench.Sustained([size << 10])), bench.Sustained([.. MirrorBench.MixedSizes])];
            Table("GB/s, and the share of the bare loop", columns, static (rates, bare) =>
                $"{rates.GigabytesPerSecond,8:0.00} {rates.GigabytesPerSecond / bare.GigabytesPerSecond,5:P0}");
            Table("processor time for each copy, all threads, us, and the bare loop's as a share of it", columns, static (rates, bare) =>
                $"{rates.CpuMicroseconds,8:0.0} {bare.CpuMicroseconds / rates.CpuMicroseconds,5:P0}");
            SustainedRates[] mix = columns[^1];
            Write($"sustained migration of the mix reaches {mix[MirrorBench.MigrationWay].GigabytesPerSecond / mix[MirrorBench.BareWay].GigabytesPerSecond:P0} of the bare loop; target: 90 %");
            return 0;
        }
        catch (MirrorUnavailableException missing)
        {
            Console.Error.WriteLine(missing.Message);
            return 1;
        }
    }

    private static void Table(string title, List<SustainedRates[]> columns, Func<SustainedRates, SustainedRates, FormattableString> cell)
    {
        Write($"{title}:");
        Write($"{"",-30}{string.Concat(s_sizesKiB.Select(static size => $"{size,10} KiB")) + $"{"a mix",14}"}");
        for (int way = 0; way < MirrorBench.Ways.Length; way++)
        {
            string cells = string.Concat(columns.Select(rates => cell(rates[way], rates[MirrorBench.BareWay]).ToString(CultureInfo.InvariantCulture)));
            Write($"{MirrorBench.Ways[way],-30}{cells}");
        }
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
