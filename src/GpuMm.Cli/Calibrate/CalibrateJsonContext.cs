using System.Text.Json.Serialization;

namespace GpuMm.Cli.Calibrate;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CalibrateDocument))]
internal sealed partial class CalibrateJsonContext : JsonSerializerContext;
