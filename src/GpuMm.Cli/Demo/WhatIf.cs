using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using GpuMm.Backing;
using GpuMm.RenderLoop;

namespace GpuMm.Cli.Demo;

/// <summary>The same run with more video memory.</summary>
internal static class WhatIf
{
    /// <summary>Reruns with 1.25, 1.5, 2 and 3 times the memory, up to what holds the whole scene.</summary>
    /// <remarks>Keeps page heads only: the same moves, faults and times, without the bytes. Nobody watches the reruns.</remarks>
    public static IReadOnlyList<DemoSummary> MoreVram(Scene scene, DemoOptions options)
    {
        List<ulong> sizes = [];
        ulong lastBytes = options.VramBytes;
        foreach (ulong quarters in (ReadOnlySpan<ulong>)[5, 6, 8, 12])
        {
            ulong sizeBytes = Math.Min(RoundUp(options.VramBytes / 4 * quarters), RoundUp(scene.TotalBytes));
            if (sizeBytes > lastBytes && sizeBytes <= DemoOptions.MaxMemoryBytes)
            {
                sizes.Add(sizeBytes);
                lastBytes = sizeBytes;
            }
        }

        // The runs share nothing but the scene, which never changes, so they may go side by side.
        DemoSummary[] results = new DemoSummary[sizes.Count];
        DemoOptions alone = options with { Backing = BackingKind.PageHeads, DriverFactory = null, OnDeviceReady = null };
        Parallel.For(0, sizes.Count, i => results[i] = DemoRun.Run(scene, alone with { VramBytes = sizes[i] }).Summary);
        return results;
    }

    private static ulong RoundUp(ulong sizeBytes) => ((sizeBytes + (1ul << 20) - 1) >> 20) << 20;
}
