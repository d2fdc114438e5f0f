using System.Text.Json.Serialization;

namespace GpuMm.Cli.Race;

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RaceDocument))]
internal sealed partial class RaceJsonContext : JsonSerializerContext;
