using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Traces.Export;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;

namespace GpuMm.Traces;

/// <content>Writing.</content>
public static partial class TraceFiles
{
    /// <summary>Creates a trace, replacing a file that is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">The format's name; null to tell it by the end of the path.</param>
    /// <param name="properties">Facts to keep, where the format can.</param>
    /// <exception cref="ArgumentException">There is no such format to write, or the path does not tell one.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static ITraceWriter Create(string path, string? format = null, IReadOnlyDictionary<string, string>? properties = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        string name = CheckWritable(format ?? FormatOf(path));
        FileStream stream = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1);
        return Create(stream, path, name, properties);
    }

    /// <summary>Creates a trace in a stream.</summary>
    /// <param name="stream">Where to; disposed with the writer.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="format">The format's name.</param>
    /// <param name="properties">Facts to keep, where the format can.</param>
    /// <exception cref="ArgumentException">There is no such format to write, or it needs a stream that seeks.</exception>
    public static ITraceWriter Create(Stream stream, string name, string format, IReadOnlyDictionary<string, string>? properties = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        return CheckWritable(format) switch
        {
            "gmmt" => new GmmtWriter(stream, name, properties),
            "oracle" => new OracleGeneralWriter(stream, name),
            "csv" => new CsvTraceWriter(stream),
            "chrome" => new ChromeTraceWriter(stream),
            "perfetto" => new PerfettoWriter(stream),
            "parquet" => new ParquetTraceWriter(stream),
            _ => new FtraceWriter(stream),
        };
    }

    /// <summary>The format that the end of a path tells.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="ArgumentException">It tells none that can be written.</exception>
    public static string FormatOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Formats.FirstOrDefault(f => f.CanWrite && path.EndsWith(f.Extension, StringComparison.OrdinalIgnoreCase))?.Name ??
            throw new ArgumentException($"{path}: the end of the name tells no format; give --to {string.Join(", ", Writable())}.", nameof(path));
    }

    private static IEnumerable<string> Writable() => Formats.Where(static f => f.CanWrite).Select(static f => f.Name);

    private static string CheckWritable(string format) => Writable().Contains(format, StringComparer.Ordinal)
        ? format
        : throw new ArgumentException($"--to {format}: there is no such format to write; give {string.Join(", ", Writable())}.", nameof(format));
}
