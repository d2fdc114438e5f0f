using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using GpuMm.Primitives;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Frames;

namespace GpuMm.Cli.Demo;

/// <summary>The demo's results as lines for people.</summary>
internal static class DemoText
{
    // The worst stutters in full; the rest is in the JSON document.
    private const int StuttersShown = 3;
    private const int CausesShown = 4;
    private const int BarWidth = 40;

    public static string Heading(Scene scene, DemoOptions options) => options.Recording is { Facts: { } facts }
        ? Format($"{facts.Name}: {facts.Objects:N0} objects, {ByteSize.Format(facts.PeakBytes)} at most at a time, {facts.Uses:N0} uses; {ByteSize.Format(options.VramBytes)} of VRAM, {ByteSize.Format(options.ApertureBytes)} of aperture. {options.Machine.Description}.")
        : $"{scene.Description.Title}{Copies(scene)}: {ByteSize.Format(scene.TotalBytes)} of textures, {ByteSize.Format(options.VramBytes)} of VRAM, " +
        $"{ByteSize.Format(options.ApertureBytes)} of aperture. {options.Machine.Description}.";

    public static string Copies(Scene scene) => scene.Scale == 1
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $", {scene.Scale} copies of the list ({scene.Textures.Count:N0} textures)");

    public static string Line(in DemoProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"frame {progress.Frame,6}  {progress.FrameTime.Milliseconds,7:0.00} ms  VRAM {ByteSize.Format(progress.VramUsedBytes),10}  aperture {ByteSize.Format(progress.ApertureUsedBytes),10}  system {ByteSize.Format(progress.SystemUsedBytes),10}  moved {ByteSize.Format((ulong)progress.MovedBytes),10}  evictions {progress.Evictions,6}  faults {progress.Faults,8}");

    public static void WriteSummary(TextWriter output, DemoOptions options, DemoReport report, IReadOnlyList<DemoSummary> larger)
    {
        DemoSummary summary = report.Summary;
        output.WriteLine();
        output.WriteLine(Format($"Frames        {summary.Frames} in {summary.SimulatedNs / 1e9:0.00} simulated seconds; p50 {Ms(summary.FrameP50Ns)}, p95 {Ms(summary.FrameP95Ns)}, p99 {Ms(summary.FrameP99Ns)}, longest {Ms(summary.FrameMaxNs)}"));
        output.WriteLine(Format($"Stutter       {summary.StutterFrames} frames over {report.Book.StutterLimitNs / 1e6:0.0} ms{StutterCauses(report)}"));
        output.WriteLine(Format($"Moved         {Size(summary.ToVramBytes)} into VRAM, {Size(summary.FromVramBytes)} out of it"));
        output.WriteLine(Format($"CPU           {Size(summary.CpuWrittenBytes)} written through mappings; {summary.Faults:N0} faults, {summary.FaultRetries:N0} of them waited for a move"));
        output.WriteLine(Format($"Evictions     {summary.Evictions:N0}; {summary.ZappedPtes:N0} page-table entries revoked"));
        output.WriteLine(Format($"GPU           {summary.Jobs:N0} jobs; {Size(summary.LinkReadBytes)} read over the link from the aperture"));
        output.WriteLine(Format($"Ping-pong     {report.Thrash.PingPongs:N0} returns within 60 frames of leaving VRAM, {ByteSize.Format(report.Thrash.PingPongBytes)}; {Thrashing(report.Thrash)}"));
        WriteExtras(output, report);
        output.WriteLine(options.Workload == WorkloadKind.Replay
            ? "Proof         a recording has no contents to compare; every invariant of the manager holds"
            : Format($"Proof         {summary.TexturesLoaded} of {summary.TexturesTotal} textures were seen; all {summary.VerifiedBytes:N0} bytes of them are right (checksum {summary.Checksum:x16})"));
        if (options.Workload == WorkloadKind.FlyThrough)
        {
            output.WriteLine(MoreVram(summary, larger));
        }

        WriteHistogram(output, report.Histogram);
        WriteStutters(output, report);
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

    public static string Ms(long ns) => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.00} ms");

    // What the stutters waited for, largest first: the causes that memory is to blame for.
    private static string StutterCauses(DemoReport report)
    {
        long total = report.Causes.Sum(static cause => cause.StutterNs);
        if (total == 0)
        {
            return "";
        }

        IEnumerable<string> parts = report.Causes
            .Where(cause => FrameCauses.IsMemory(cause.Cause) && cause.StutterNs * 100 >= total)
            .OrderByDescending(static cause => cause.StutterNs)
            .Select(cause => Format($"{FrameCauses.Label(cause.Cause)} {cause.StutterNs * 100 / total} %"));
        string list = string.Join(", ", parts);
        return list.Length == 0 ? "; memory is not to blame" : "; of their time: " + list;
    }

    private static string Thrashing(ThrashFindings thrash) => thrash.IsThrashing
        ? Format($"THRASHING in {thrash.Windows} s of the run")
        : "not thrashing";

    private static void WriteExtras(TextWriter output, DemoReport report)
    {
        if (report.Streaming is { } streaming)
        {
            output.WriteLine(Format($"Streaming     {Size(streaming.StreamedBytes)} loaded within a budget of {ByteSize.Format(streaming.BudgetBytes)}; {streaming.DroppedLevels:N0} levels dropped, {streaming.RefusedLevels:N0} had no room"));
        }

        if (report.Clients.Count > 1)
        {
            output.WriteLine("Clients       " + string.Join("; ", report.Clients.Select(static client =>
                Format($"{client.Name}: {client.Frames} frames, p50 {Ms(client.P50Ns)}, p99 {Ms(client.P99Ns)}, {client.Stutters} stutters"))));
        }

        if (report.Workload is not { } found)
        {
            return;
        }

        if (found.BaselineNs > 0)
        {
            string recovery = found.RecoveryFrames < 0 ? "it had not recovered by the end of the run"
                : Format($"recovered {found.RecoveryFrames} frame{(found.RecoveryFrames == 1 ? "" : "s")}, {Ms(found.RecoveryNs)}, after it (30 frames in a row within {Ms(found.BaselineNs)})");
            output.WriteLine(Format($"Pulse         frames {found.FirstFrame} to {found.EndFrame - 1}, {Ms(found.DurationNs)}, {Size(found.LoadedBytes)} of another client; {recovery}"));
        }
        else if (found.LoadedBytes > 0)
        {
            output.WriteLine(Format($"Level load    frames {found.FirstFrame} to {found.EndFrame - 1}: {Size(found.LoadedBytes)} in {Ms(found.DurationNs)}"));
        }

        if (found.PicturesShown + found.PicturesLate > 0)
        {
            output.WriteLine(Format($"Film          {found.PicturesShown} pictures in time, {found.PicturesLate} late"));
        }

        if (found.EventsReplayed + found.EventsSkipped > 0)
        {
            output.WriteLine(Format($"Recording     {found.EventsReplayed:N0} requests done again; {found.EventsSkipped:N0} events were decisions or measurements"));
        }
    }

    private static void WriteHistogram(TextWriter output, Histogram histogram)
    {
        output.WriteLine();
        long most = 1;
        foreach (long count in histogram.Counts)
        {
            most = Math.Max(most, count);
        }

        long lower = 0;
        for (int i = 0; i < histogram.Counts.Length; i++)
        {
            long count = histogram.Counts[i];
            bool isLast = i == Histogram.EdgesNs.Length;
            string range = isLast ? Format($"over {lower / 1e6:0.#} ms") : Format($"{lower / 1e6:0.#} to {Histogram.EdgesNs[i] / 1e6:0.#} ms");
            if (count > 0)
            {
                output.WriteLine(Format($"{range,16} {count,7:N0} {new string('█', (int)Math.Max(1, count * BarWidth / most))}"));
            }

            lower = isLast ? lower : Histogram.EdgesNs[i];
        }
    }

    private static void WriteStutters(TextWriter output, DemoReport report)
    {
        if (report.Stutters.Count == 0)
        {
            return;
        }

        output.WriteLine();
        foreach (Stutter stutter in report.Stutters.OrderByDescending(static each => each.FrameNs).ThenBy(static each => each.Frame).Take(StuttersShown))
        {
            output.WriteLine(Format($"Frame {stutter.Frame} took {Ms(stutter.FrameNs)}, {Ms(stutter.ExcessNs)} too long; {Ms(stutter.MemoryNs)} went into memory:"));
            StutterCause[] memory = [.. stutter.Causes.Where(static cause => FrameCauses.IsMemory(cause.Cause)).OrderByDescending(static cause => cause.Nanoseconds)];
            foreach (StutterCause cause in memory.Take(CausesShown))
            {
                string name = cause.ObjectName ?? cause.Cause switch
                {
                    FrameCause.LinkRead => "textures in the aperture",
                    FrameCause.MoveWait => "for room in the aperture",
                    _ => "others",
                };
                string size = cause.SizeBytes == 0 ? "" : $", {ByteSize.Format(cause.SizeBytes)}";
                output.WriteLine(Format($"  {Ms(cause.Nanoseconds),10}  {FrameCauses.Label(cause.Cause),-12} {name}{size}"));
            }

            if (memory.Length > CausesShown)
            {
                output.WriteLine(Format($"  {Ms(memory.Skip(CausesShown).Sum(static cause => cause.Nanoseconds)),10}  {memory.Length - CausesShown} more"));
            }
        }

        if (report.Summary.StutterFrames > StuttersShown)
        {
            output.WriteLine(Format($"{report.Summary.StutterFrames - StuttersShown} more stutters; --json lists the worst {Math.Min(report.Summary.StutterFrames, FrameBook.MaxStutters)} with everything they waited for."));
        }
    }

    private static string Size(long sizeBytes) => ByteSize.Format((ulong)sizeBytes);

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
