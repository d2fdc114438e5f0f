using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using GpuMm.RenderLoop;

namespace GpuMm.Cli.Demo;

/// <summary>The demo's results as one JSON document: whole numbers, units in the keys.</summary>
internal static class DemoJson
{
    public static string Write(Scene scene, DemoOptions options, DemoSummary summary, IReadOnlyList<DemoSummary> larger)
    {
        DemoDocument document = new()
        {
            SchemaVersion = 1,
            Scene = scene.Description.Name,
            Machine = options.Machine.Name,
            Seed = options.Seed,
            SceneBytes = scene.TotalBytes,
            ApertureBytes = options.ApertureBytes,
            Result = summary,
            ChecksumHex = summary.Checksum.ToString("x16", CultureInfo.InvariantCulture),
            MoreVram = larger,
        };
        return JsonSerializer.Serialize(document, DemoJsonContext.Default.DemoDocument);
    }
}
