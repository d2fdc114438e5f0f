using System.Text.Json.Serialization;

namespace GpuMm.Cli.Demo;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DemoDocument))]
[JsonSerializable(typeof(MatrixDocument))]
[JsonSerializable(typeof(ScenarioDocument))]
internal sealed partial class DemoJsonContext : JsonSerializerContext;
