using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuMm.Simulation;

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    Converters = [typeof(SizeConverter)])]
[JsonSerializable(typeof(MachineDocument))]
[JsonSerializable(typeof(LinkDocument))]
internal sealed partial class MachineFilesContext : JsonSerializerContext;
