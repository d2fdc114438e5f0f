using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace GpuMm.Traces;

[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class TraceJsonContext : JsonSerializerContext;
