using System;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>A size in a file: a number of bytes, or text such as "256MiB".</summary>
internal sealed class SizeConverter : JsonConverter<ulong>
{
    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out ulong number))
        {
            return number;
        }

        return reader.TokenType == JsonTokenType.String && ByteSize.TryParse(reader.GetString(), out ulong sizeBytes)
            ? sizeBytes
            : throw new JsonException("a size is a whole number of bytes, or text such as \"256MiB\".");
    }

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
