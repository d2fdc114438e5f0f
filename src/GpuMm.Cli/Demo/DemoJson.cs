using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Frames;
using GpuMm.Vulkan.Mirror;

namespace GpuMm.Cli.Demo;

/// <summary>The demo's results as one JSON document: whole numbers, units in the keys.</summary>
internal static class DemoJson
{
    public static string Write(Scene scene, DemoOptions options, DemoReport report, IReadOnlyList<DemoSummary> larger, MirrorReport? mirror)
    {
        DemoDocument document = new()
        {
            SchemaVersion = 1,
            Scene = scene.Description.Name,
            SceneCopies = scene.Scale,
            Machine = options.Machine.Name,
            Link = options.Machine.Link.Name,
            Policy = options.Policy,
            Allocator = Word(options.Allocator.ToString()),
            Workload = WorkloadName(options.Workload),
            Upload = Word(options.Upload.ToString()),
            Buffers = options.Buffers,
            Vsync = options.Vsync,
            RefreshHz = options.RefreshHz,
            Seed = options.Seed,
            SceneBytes = scene.TotalBytes,
            VisibleVramBytes = options.VisibleVramBytes,
            ApertureBytes = options.ApertureBytes,
            StutterLimitNs = options.StutterLimitNs,
            Result = report.Summary,
            ChecksumHex = Hex(report.Summary.Checksum),
            HashHex = Hex(report.Hash),
            Histogram = Buckets(report.Histogram),
            Causes = report.Causes,
            Stutters = report.Stutters,
            Thrash = report.Thrash,
            Clients = report.Clients,
            Streaming = report.Streaming,
            WorkloadFindings = report.Workload,
            FrameNs = FrameTimes(report.Book),
            MoreVram = larger,
            Mirror = mirror,
        };
        return JsonSerializer.Serialize(document, DemoJsonContext.Default.DemoDocument);
    }

    /// <summary>64 bits as 16 digits: more than what readers of JSON take as a number.</summary>
    public static string Hex(ulong value) => value.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>A workload as the command line takes it.</summary>
    public static string WorkloadName(WorkloadKind kind) => kind switch
    {
        WorkloadKind.FlyThrough => "fly-through",
        WorkloadKind.LevelLoad => "level-load",
        WorkloadKind.AltTab => "alt-tab",
        _ => Word(kind.ToString()),
    };

    private static string Word(string name) => name.ToLowerInvariant();

    private static List<HistogramBucket> Buckets(Histogram histogram)
    {
        List<HistogramBucket> buckets = [];
        for (int i = 0; i < histogram.Counts.Length; i++)
        {
            buckets.Add(new HistogramBucket(i < Histogram.EdgesNs.Length ? Histogram.EdgesNs[i] : null, histogram.Counts[i]));
        }

        return buckets;
    }

    private static List<long> FrameTimes(FrameBook book)
    {
        List<long> times = new(book.Count);
        for (int i = 0; i < book.Count; i++)
        {
            times.Add(book.FrameNs(i));
        }

        return times;
    }
}
