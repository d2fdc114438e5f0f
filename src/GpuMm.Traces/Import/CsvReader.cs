using System;
using System.IO.Hashing;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Tables of libCacheSim: one request a line, columns by number or by the names in a header.</summary>
/// <remarks>A name that is no number is hashed (XXH64). Size 0 leaves a request out; without a size column each has 1 byte.</remarks>
internal sealed class CsvReader(TraceInput input, CsvLayout? given) : TextTraceReader(input, "csv")
{
    private const string Fix = "Say which column is what with --columns time-col=1,obj-id-col=2,obj-size-col=3.";

    private CsvLayout? _layout = given;
    private bool _isPastHeader;

    protected override void Parse(ReadOnlySpan<byte> line)
    {
        if (line.Trim((byte)' ').IsEmpty || line[0] == (byte)'#')
        {
            return;
        }

        if (!_isPastHeader)
        {
            _isPastHeader = true;
            _layout ??= Guess(line);
            if (_layout.HasHeader)
            {
                return;
            }
        }

        ParseRow(line, _layout!);
    }

    private CsvLayout Guess(ReadOnlySpan<byte> line)
    {
        if (CsvLayout.BeginsWithTime(line))
        {
            byte delimiter = CsvLayout.FindDelimiter(line);
            int columns = line.Count(delimiter) + 1;
            return columns switch
            {
                1 => new CsvLayout { TimeColumn = 0, IdColumn = 1, SizeColumn = 0 },
                2 => new CsvLayout { Delimiter = delimiter, SizeColumn = 0 },
                _ => new CsvLayout { Delimiter = delimiter },
            };
        }

        return CsvLayout.FromHeader(line) ?? throw BadLine(0, "the header names no column of object ids", Fix);
    }

    private void ParseRow(ReadOnlySpan<byte> line, CsvLayout layout)
    {
        long time = LineNumber * 1000; // Without a time column: a microsecond a line.
        ulong id = 0;
        ulong size = 1;
        TraceFlags flags = TraceFlags.None;
        int seen = 0;
        int at = 0;
        int last = Math.Max(Math.Max(layout.TimeColumn, layout.IdColumn), Math.Max(layout.SizeColumn, layout.OpColumn));
        ReadOnlySpan<byte> rest = line;
        for (int column = 1; column <= last && at <= line.Length; column++)
        {
            ReadOnlySpan<byte> raw = Fields.Next(ref rest, layout.Delimiter);
            ReadOnlySpan<byte> field = raw.Trim(" \""u8);
            if (column == layout.TimeColumn && !Fields.TryTime(field, out time))
            {
                throw BadLine(at, $"'{Fields.Text(field, 40)}' is no time in seconds", Fix);
            }

            if (column == layout.IdColumn)
            {
                seen++;
                id = layout.IdIsNumber && Fields.TryWhole(field, out ulong number) ? number : XxHash64.HashToUInt64(field);
            }

            if (column == layout.SizeColumn)
            {
                seen++;
                if (!Fields.TryWhole(field, out size))
                {
                    throw BadLine(at, $"'{Fields.Text(field, 40)}' is no size in bytes", Fix);
                }
            }

            if (column == layout.OpColumn && IsWrite(field))
            {
                flags = TraceFlags.Write;
            }

            at += raw.Length + 1;
        }

        if (seen < (layout.SizeColumn == 0 ? 1 : 2))
        {
            throw BadLine(0, $"there are fewer than {last} columns", Fix);
        }

        if (size != 0)
        {
            Emit(new TraceEvent { Kind = TraceKind.Use, TimeNs = time, ObjectId = id, SizeBytes = size, Flags = flags });
        }
    }

    private static bool IsWrite(ReadOnlySpan<byte> op) => op.Length > 0 && (op[0] | 0x20) is 'w' or 's' or 'p';
}
