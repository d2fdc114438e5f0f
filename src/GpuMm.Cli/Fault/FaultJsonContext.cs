using System.Text.Json.Serialization;

namespace GpuMm.Cli.Fault;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FaultStory))]
internal sealed partial class FaultJsonContext : JsonSerializerContext;
