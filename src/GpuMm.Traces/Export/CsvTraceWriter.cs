using System;
using System.Globalization;
using System.IO;
using System.Text;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Export;

/// <summary>A table with every column of our events but contents.</summary>
internal sealed class CsvTraceWriter : ITraceWriter
{
    private readonly StreamWriter _writer;

    public CsvTraceWriter(Stream stream)
    {
        _writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        _writer.WriteLine(EventCsvHeader.Line);
    }

    public long Written { get; private set; }

    public void Write(in TraceEvent e)
    {
        Written++;
        _writer.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{e.TimeNs},{e.Kind},{e.ClientId},{e.ObjectId},{e.SizeBytes},{e.OffsetBytes},{e.RelatedId},{e.From},{e.To},{e.Cause},{e.Reason},{(byte)e.Flags},"));
        _writer.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{e.DurationNs},{e.Count},{e.Detail},{e.Status},{e.DeviceKind},{e.Placement.Count},{e.Placement.Packed},"));
        if (e.Name is { } name)
        {
            bool needsQuotes = name.AsSpan().ContainsAny(",\"\r\n") || name.Length == 0;
            _writer.Write(needsQuotes ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"" : name);
        }

        _writer.WriteLine();
    }

    public void Complete() => _writer.Flush();

    public void Dispose() => _writer.Dispose();
}
