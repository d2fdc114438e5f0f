using System;
using System.Globalization;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Which column of a table holds what; columns count from 1, 0 means none. The words are libCacheSim's.</summary>
internal sealed record CsvLayout
{
    public int TimeColumn { get; init; } = 1;

    public int IdColumn { get; init; } = 2;

    public int SizeColumn { get; init; } = 3;

    public int OpColumn { get; init; }

    public byte Delimiter { get; init; } = (byte)',';

    public bool HasHeader { get; init; }

    public bool IdIsNumber { get; init; } = true;

    /// <summary>Reads "time-col=1,obj-id-col=2,obj-size-col=3,delimiter=;,has-header=true".</summary>
    public static CsvLayout Parse(string text)
    {
        CsvLayout layout = new();
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int equals = rest.IndexOf('=');
            if (equals <= 0)
            {
                throw Bad(text, rest.ToString(), "has no value");
            }

            string key = rest[..equals].Trim().ToString().Replace('_', '-');
            rest = rest[(equals + 1)..];

            // The delimiter may be a comma itself.
            int end = string.Equals(key, "delimiter", StringComparison.Ordinal) && rest.StartsWith(",") ? 1 : rest.IndexOf(',');
            string value = (end < 0 ? rest : rest[..end]).Trim().ToString();
            rest = end < 0 || end + 1 >= rest.Length ? [] : rest[(end + 1)..];
            layout = layout.With(key, value.Length == 0 && end == 1 ? "," : value, text);
        }

        return layout;
    }

    /// <summary>Finds the columns by their names in a header.</summary>
    public static CsvLayout? FromHeader(ReadOnlySpan<byte> header)
    {
        byte delimiter = FindDelimiter(header);
        CsvLayout layout = new() { TimeColumn = 0, IdColumn = 0, SizeColumn = 0, HasHeader = true, Delimiter = delimiter };
        for (int column = 1; !header.IsEmpty; column++)
        {
            string name = Fields.Text(Fields.Next(ref header, delimiter)).Trim(' ', '"').ToUpperInvariant().Replace('-', '_');
            layout = name switch
            {
                "TIME" or "TIMESTAMP" or "TS" or "CLOCK_TIME" or "REAL_TIME" => layout with { TimeColumn = column },
                "ID" or "OBJ_ID" or "OBJECT_ID" or "OBJECT" or "KEY" or "LBN" => layout with { IdColumn = column },
                "SIZE" or "OBJ_SIZE" or "OBJECT_SIZE" or "SIZE_BYTES" or "BYTES" => layout with { SizeColumn = column },
                "OP" or "OPERATION" => layout with { OpColumn = column },
                _ => layout,
            };
        }

        return layout.IdColumn == 0 ? null : layout;
    }

    public static byte FindDelimiter(ReadOnlySpan<byte> line)
    {
        byte best = (byte)',';
        foreach (byte candidate in ",;\t|"u8)
        {
            best = line.Count(candidate) > line.Count(best) ? candidate : best;
        }

        return best;
    }

    /// <summary>Whether a line begins with a time, as a row does and a header does not.</summary>
    public static bool BeginsWithTime(ReadOnlySpan<byte> line) =>
        Fields.TryTime(Fields.Next(ref line, FindDelimiter(line)).Trim(" \""u8), out _);

    private CsvLayout With(string key, string value, string text) => key switch
    {
        "time-col" => this with { TimeColumn = Column(value, text) },
        "obj-id-col" => this with { IdColumn = Column(value, text) },
        "obj-size-col" => this with { SizeColumn = Column(value, text) },
        "op-col" => this with { OpColumn = Column(value, text) },
        "delimiter" when value is "\\t" or "tab" => this with { Delimiter = (byte)'\t' },
        "delimiter" when value.Length == 1 && char.IsAscii(value[0]) => this with { Delimiter = (byte)value[0] },
        "has-header" or "header" => this with { HasHeader = IsTrue(value) },
        "obj-id-is-num" => this with { IdIsNumber = IsTrue(value) },

        // Which objects fit does not depend on these: libCacheSim's command lines may name them.
        "ttl-col" or "cnt-col" or "tenant-col" or "next-access-col" or "next-access-vtime-col" when Column(value, text) >= 0 => this,
        _ => throw Bad(text, $"{key}={value}", "is not known"),
    };

    private static bool IsTrue(string value) => value is "1" or "true" or "True" or "TRUE";

    private static int Column(string value, string text) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int column) && column is >= 0 and <= 1000
            ? column : throw Bad(text, value, "is no column from 0 to 1000");

    private static TraceFormatException Bad(string text, string part, string what) => new(
        "--columns", 0, $"'{part}' in '{text}' {what}",
        "Give time-col=1,obj-id-col=2,obj-size-col=3,op-col=0,delimiter=,,has-header=false,obj-id-is-num=true or a part of it.");
}
