using System;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMm.Hosting.Options;
using GpuMm.Primitives;

namespace GpuMm.Dashboard.Api;

/// <summary>Reads a size from a number of bytes or from text such as "64MiB"; writes a number.</summary>
internal sealed class ByteCountJsonConverter : JsonConverter<ByteCount>
{
    public override ByteCount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetUInt64(out ulong bytes) => new ByteCount(bytes),
        JsonTokenType.String when ByteSize.TryParse(reader.GetString(), out ulong bytes) => new ByteCount(bytes),
        _ => throw new JsonException("A size is a whole number of bytes, or text such as \"64MiB\"."),
    };

    public override void Write(Utf8JsonWriter writer, ByteCount value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Bytes);
}
