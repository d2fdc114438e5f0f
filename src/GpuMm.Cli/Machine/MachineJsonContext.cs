using System.Text.Json.Serialization;

namespace GpuMm.Cli.Machine;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MachineListDocument))]
internal sealed partial class MachineJsonContext : JsonSerializerContext;
