using System.Collections.Generic;
using System.Globalization;
using System.IO;
using GpuMm.Primitives;
using GpuMm.Simulation;

namespace GpuMm.Cli.Machine;

/// <summary>Machines as lines for people.</summary>
internal static class MachineText
{
    private static readonly ulong[] s_sizes = [4ul << 10, 64ul << 10, 1ul << 20, 16ul << 20];

    public static void WriteList(TextWriter output)
    {
        output.WriteLine($"{"name",-17}{"year",4}  {"link",-13}{"link GB/s",9}{"VRAM",9}{"VRAM GB/s",11}{"window",9}  copy engines");
        foreach (MachineProfile profile in MachineProfiles.All)
        {
            output.WriteLine(Format(
                $"{profile.Name,-17}{profile.Year,4}  {profile.Link.Name,-13}{profile.Link.BytesPerSecond / 1e9,9:0.00}{ByteSize.Format(profile.VramBytes),9}{profile.Vram.BytesPerSecond / 1e9,11:0.0}{ByteSize.Format(profile.BarBytes),9}{(profile.IsBarResizable ? "+" : " ")} {profile.CopyEngines}"));
        }

        output.WriteLine();
        output.WriteLine("+: the bus window can be resized to the whole memory. `gpumm machine show NAME` tells every figure and its source.");
    }

    public static void WriteOne(TextWriter output, MachineProfile profile)
    {
        LinkModel link = profile.Link;
        output.WriteLine($"{profile.Name}: {profile.Description}");
        output.WriteLine();
        output.WriteLine(Format($"Link          {link.Name}: {Rate(link.BytesPerSecond)} each way{(link.IsFullDuplex ? ", both at once" : ", one at a time")}; {link.Description}"));
        foreach (ulong sizeBytes in s_sizes)
        {
            long durationNs = link.DurationNs(sizeBytes);
            output.WriteLine(Format($"              {ByteSize.Format(sizeBytes),7} takes {durationNs / 1e3:0.00} us, {Rate((long)(sizeBytes * 1e9 / durationNs))}"));
        }

        if (link.Cold.MostNs > 0)
        {
            output.WriteLine(Format($"              behind a transfer of {ByteSize.Format(link.Cold.FullBytes)} or more {link.Cold.MostNs / 1e3:0.00} us longer, in proportion behind a smaller one"));
        }

        output.WriteLine(Format($"VRAM          {ByteSize.Format(profile.VramBytes)}, {Rate(profile.Vram.BytesPerSecond)}; a copy within it starts in {profile.Vram.LatencyNs} ns{(profile.IsUnified ? "; shared with the CPU" : "")}"));
        output.WriteLine(Format($"Window (BAR)  {ByteSize.Format(profile.BarBytes)}{(profile.IsBarResizable ? ", resizable to all" : "")}"));
        output.WriteLine(Format($"Aperture      {ByteSize.Format(profile.ApertureBytes)}"));
        output.WriteLine(Format($"Copy engines  {profile.CopyEngines}{(profile.CopyEngines > 1 ? ", one per direction" : ", both directions")}"));
        output.WriteLine(Format($"CPU           cached {Rate(profile.CpuCached.BytesPerSecond)}; write-combined writes {Rate(profile.CpuWriteCombined.BytesPerSecond)}; uncached reads {Rate(profile.CpuUncachedRead.BytesPerSecond)}, writes {Rate(profile.CpuUncachedWrite.BytesPerSecond)}"));
        output.WriteLine(Format($"Faults        CPU {profile.FaultNs} ns and {profile.PteInsertNs} ns per entry, revoking {profile.ZapNs} ns; far fault of the GPU {profile.FarFaultNs} ns"));
        output.WriteLine(Format($"Frame         {profile.FrameCpuNs / 1e6:0.##} ms of CPU and {profile.FrameGpuNs / 1e6:0.##} ms of GPU beside memory"));
        output.WriteLine();
        output.WriteLine("Where the figures come from:");
        WriteSources(output, profile.Sources, "");
        WriteSources(output, link.Sources, "link.");
    }

    private static void WriteSources(TextWriter output, IReadOnlyList<FigureSource> sources, string prefix)
    {
        foreach (FigureSource source in sources)
        {
            output.WriteLine($"  {prefix + source.Figure,-22} {source.Basis.ToString().ToLowerInvariant(),-9}  {source.Source}");
        }
    }

    private static string Rate(long bytesPerSecond) => Format($"{bytesPerSecond / 1e9:0.##} GB/s");

    private static string Format(System.FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
