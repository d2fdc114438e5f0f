using System.Text.Json.Serialization;
using GpuMm.Lab.Replay;

namespace GpuMm.Cli.Trace;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TraceInfoDocument))]
[JsonSerializable(typeof(TraceRow))]
[JsonSerializable(typeof(TraceRow[]))]
[JsonSerializable(typeof(TraceRecordDocument))]
[JsonSerializable(typeof(FullReplayResult))]
[JsonSerializable(typeof(ReplayDocument))]
internal sealed partial class TraceJsonContext : JsonSerializerContext;
