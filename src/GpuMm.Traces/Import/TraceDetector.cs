using System;
using System.Buffers.Binary;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Tells formats apart by their first bytes; the name of a file is believed only where they tell nothing.</summary>
internal static class TraceDetector
{
    /// <summary>The name of the format.</summary>
    /// <param name="head">The first 8 KiB, or all there is.</param>
    /// <param name="file">For the message.</param>
    /// <param name="length">Bytes of the whole; null when unknown.</param>
    public static string Detect(ReadOnlySpan<byte> head, string file, long? length)
    {
        // Two bytes of a clock may look like the start of a pickle or of gzip: whole records are the stronger sign.
        bool isOracle = IsOracle(head, length);
        string? format = (isOracle && HasWeakMagic(head) ? "oracle" : Binary(head, file)) ??
            (LooksLikeText(head) ? Text(head) : null) ?? (isOracle || IsNamedOracle(file, length) ? "oracle" : null);
        return format ?? throw new TraceFormatException(
            file, 0, head.IsEmpty ? "the file is empty" : "the content fits no format that can be read",
            "Name the format with --from: csv, ftrace, gfxr, gmmt, oracle, pytorch, pytorch-csv, rmv or vma.");
    }

    // Two bytes that tell a format, and may as well be the seconds of a record.
    private static bool HasWeakMagic(ReadOnlySpan<byte> head) => head is [0x80, >= 2 and <= 5, ..] or [0x1F, 0x8B, ..];

    // Records whose clock or next uses are not true fit no rule: the name of libCacheSim's files is then believed.
    private static bool IsNamedOracle(string file, long? length) =>
        file.Contains("oracleGeneral", StringComparison.OrdinalIgnoreCase) && length != 0 && (length ?? 0) % OracleGeneralReader.RecordBytes == 0;

    private static string? Binary(ReadOnlySpan<byte> head, string file)
    {
        if (head.StartsWith(GmmtLayout.FileMagic))
        {
            return "gmmt";
        }

        if (RdfContainer.IsStart(head))
        {
            return "rmv";
        }

        if (head is [0x80, >= 2 and <= 5, ..])
        {
            return "pytorch";
        }

        (bool isKnown, string what, string fix) = head switch
        {
            [(byte)'G', (byte)'F', (byte)'X', (byte)'R', ..] => (true, "this is a binary gfxreconstruct capture", "Convert it with 'gfxrecon-convert --format jsonl' and give the result."),
            [(byte)'M', (byte)'I', (byte)'N', (byte)'I', ..] => (true, "this is a Radeon memory trace in the layout before RDF", "Open and save it with a current Radeon Memory Visualizer."),
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => (true, "this is Parquet, which is written but not read", "Give the trace that it was made from."),
            [0x1F, 0x8B, ..] => (true, "this is compressed with gzip", "Decompress it, or compress it with zstd instead."),
            [(byte)'P', (byte)'K', 3, 4, ..] => (true, "this is a zip archive", "Unpack it and give the trace inside."),
            [0x17, 0x08, 0x44, (byte)'t', (byte)'r', (byte)'a', (byte)'c', (byte)'i', (byte)'n', (byte)'g', ..] => (true, "this is a binary trace-cmd file", "Give the output of 'trace-cmd report'."),
            _ => (false, "", ""),
        };
        return isKnown ? throw new TraceFormatException(file, 0, what, fix) : null;
    }

    private static string? Text(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> rest = head;
        int lines = 0;
        while (!rest.IsEmpty && lines++ < 64)
        {
            bool isWhole = rest.IndexOf((byte)'\n') >= 0 || head.Length < TraceInput.HeadBytes;
            ReadOnlySpan<byte> line = Fields.Next(ref rest, (byte)'\n').TrimEnd((byte)'\r');
            string? format = lines == 1 ? FirstLine(line) : null;
            if (format is not null)
            {
                return format;
            }

            if (FtraceLine.TryParse(line, out _))
            {
                return "ftrace";
            }

            ReadOnlySpan<byte> trimmed = line.TrimStart(" \""u8);
            if (isWhole && trimmed.Length > 0 && trimmed[0] is >= (byte)'0' and <= (byte)'9' && CsvLayout.BeginsWithTime(trimmed))
            {
                return "csv";
            }
        }

        return null;
    }

    private static string? FirstLine(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> trimmed = line.Trim(" \t"u8);
        return line.StartsWith("Vulkan Memory Allocator,Calls recording"u8) ? "vma"
            : line.StartsWith("time_us,action,addr"u8) ? "pytorch-csv"
            : EventCsvHeader.IsStart(line) ? "csv"
            : trimmed.StartsWith("{\"header\""u8) || trimmed.StartsWith("{\"index\""u8) || (trimmed.Length > 0 && trimmed[0] == (byte)'{') || trimmed.SequenceEqual("["u8) ? "gfxr"
            : trimmed.StartsWith("# tracer:"u8) || trimmed.StartsWith("cpus="u8) ? "ftrace"
            : CsvLayout.FromHeader(line) is { SizeColumn: > 0 } or { TimeColumn: > 0 } ? "csv"
            : null;
    }

    private static bool LooksLikeText(ReadOnlySpan<byte> head)
    {
        foreach (byte each in head)
        {
            if (each < 0x20 && each is not ((byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                return false;
            }
        }

        return head.Length > 0;
    }

    // No magic number: whole records, time that does not go back, next accesses that lie ahead.
    private static bool IsOracle(ReadOnlySpan<byte> head, long? length)
    {
        const int Record = OracleGeneralReader.RecordBytes;
        if (head.Length < Record || (length is { } bytes && bytes % Record != 0))
        {
            return false;
        }

        uint lastTime = 0;
        int records = head.Length / Record;
        for (int i = 0; i < records; i++)
        {
            ReadOnlySpan<byte> record = head.Slice(i * Record, Record);
            uint time = BinaryPrimitives.ReadUInt32LittleEndian(record);
            long next = BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
            bool isNext = next is -1 or long.MaxValue || (next > i && next < 1L << 48);
            if (time < lastTime || !isNext)
            {
                return false;
            }

            lastTime = time;
        }

        return true;
    }
}
