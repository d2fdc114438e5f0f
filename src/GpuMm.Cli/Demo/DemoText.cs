using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using GpuMm.Primitives;
using GpuMm.RenderLoop;

namespace GpuMm.Cli.Demo;

/// <summary>The demo's results as lines for people.</summary>
internal static class DemoText
{
    public static string Heading(Scene scene, DemoOptions options) =>
        $"{scene.Description.Title}: {ByteSize.Format(scene.TotalBytes)} of textures, {ByteSize.Format(options.VramBytes)} of VRAM, " +
        $"{ByteSize.Format(options.ApertureBytes)} of aperture. {options.Machine.Description}.";

    public static string Line(in DemoProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"frame {progress.Frame,6}  {progress.FrameTime.Milliseconds,7:0.00} ms  VRAM {ByteSize.Format(progress.VramUsedBytes),10}  aperture {ByteSize.Format(progress.ApertureUsedBytes),10}  system {ByteSize.Format(progress.SystemUsedBytes),10}  moved {ByteSize.Format((ulong)progress.MovedBytes),10}  evictions {progress.Evictions,6}  faults {progress.Faults,8}");

    public static void WriteSummary(TextWriter output, DemoSummary summary, IReadOnlyList<DemoSummary> larger)
    {
        output.WriteLine();
        output.WriteLine(Format($"Frames        {summary.Frames} in {summary.SimulatedNs / 1e9:0.00} simulated seconds; p50 {Ms(summary.FrameP50Ns)}, p95 {Ms(summary.FrameP95Ns)}, p99 {Ms(summary.FrameP99Ns)}, longest {Ms(summary.FrameMaxNs)}"));
        output.WriteLine(Format($"Stutter       {summary.StutterFrames} frames over 16.7 ms"));
        output.WriteLine(Format($"Moved         {Size(summary.ToVramBytes)} into VRAM, {Size(summary.FromVramBytes)} out of it"));
        output.WriteLine(Format($"CPU           {Size(summary.CpuWrittenBytes)} written through mappings; {summary.Faults:N0} faults, {summary.FaultRetries:N0} of them waited for a move"));
        output.WriteLine(Format($"Evictions     {summary.Evictions:N0}; {summary.ZappedPtes:N0} page-table entries revoked"));
        output.WriteLine(Format($"GPU           {summary.Jobs:N0} jobs; {Size(summary.LinkReadBytes)} read over the link from the aperture"));
        output.WriteLine(Format($"Proof         {summary.TexturesLoaded} of {summary.TexturesTotal} textures were seen; all {summary.VerifiedBytes:N0} bytes of them are right (checksum {summary.Checksum:x16})"));
        output.WriteLine(MoreVram(summary, larger));
    }

    /// <summary>The one line that a user wants.</summary>
    public static string MoreVram(DemoSummary summary, IReadOnlyList<DemoSummary> larger)
    {
        if (larger.Count == 0)
        {
            return "More VRAM     would change nothing: the whole scene fits.";
        }

        StringBuilder line = new("More VRAM     ");
        foreach (DemoSummary other in larger)
        {
            line.Append(Format($"{ByteSize.Format(other.VramBytes)}: {other.StutterFrames} stutters, p99 {Ms(other.FrameP99Ns)}; "));
        }

        // The knee: the smallest size that already does as well as the largest.
        DemoSummary best = larger[^1];
        DemoSummary knee = larger.Prepend(summary).First(
            other => other.StutterFrames <= best.StutterFrames && other.FrameP99Ns <= best.FrameP99Ns + (best.FrameP99Ns / 20));
        line.Append(Format($"from {ByteSize.Format(knee.VramBytes)} up more does not help."));
        return line.ToString();
    }

    private static string Ms(long ns) => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.00} ms");

    private static string Size(long sizeBytes) => ByteSize.Format((ulong)sizeBytes);

    private static string Format(System.FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
