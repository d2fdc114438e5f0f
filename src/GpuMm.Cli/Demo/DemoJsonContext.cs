using System.Text.Json.Serialization;

namespace GpuMm.Cli.Demo;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoDocument))]
[JsonSerializable(typeof(ScenarioDocument))]
internal sealed partial class DemoJsonContext : JsonSerializerContext;
