using System;
using System.Globalization;
using GpuMm.Lab.Replay;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.Simulation;

namespace GpuMm.Cli.Trace;

/// <summary>A replay's figures as lines for people.</summary>
internal static class ReplayText
{
    public static void Write(FullReplayResult r, MachineProfile machine, string policy, SpaceAllocatorKind allocator, ulong vram, ulong aperture)
    {
        Say("Machine", $"{machine.Name}: {machine.Description}; {ByteSize.Format(vram)} of VRAM, {ByteSize.Format(aperture)} of aperture, policy {policy}, allocator {allocator.ToString().ToLowerInvariant()}");
        Say("Requests", $"{r.Requests:N0} uses of {r.Objects:N0} objects in {r.Jobs:N0} jobs; {r.Misses:N0} not in VRAM ({(r.Requests == 0 ? 0 : 100.0 * r.Misses / r.Requests):0.0} %), {ByteSize.Format(r.MissBytes)}; {r.Failures:N0} found no place");
        Say("Moved", $"{ByteSize.Format((ulong)r.ToVramBytes)} into VRAM, {ByteSize.Format((ulong)r.FromVramBytes)} out of it; {r.Evictions:N0} evictions; {ByteSize.Format((ulong)r.LinkReadBytes)} read over the link");
        Say("Time", $"{r.SimulatedNs / 1e9:0.000} s simulated; copy engine {r.CopyNs / 1e9:0.000} s, render engine {r.RenderNs / 1e9:0.000} s; the program waited {r.StallNs / 1e9:0.000} s");
        Say("CPU", $"{r.Faults:N0} faults; {r.ZappedPtes:N0} page-table entries revoked");
        Say("VRAM", $"{ByteSize.Format(r.VramUsedBytes)} in use at the end, {ByteSize.Format(r.VramPeakBytes)} at most; largest hole {ByteSize.Format(r.LargestHoleBytes)}, fragmentation {r.Fragmentation * 100:0.0} %");
        Say("Invariants", $"{(r.BrokenInvariants == 0 ? "all hold" : r.BrokenInvariants + " are broken")}");
    }

    private static void Say(string name, FormattableString text) =>
        Console.Out.WriteLine($"{name,-12}  {text.ToString(CultureInfo.InvariantCulture)}");
}
