using System;
using System.Collections.Generic;
using System.IO;
using GpuMm.Traces.Model;
using Parquet;
using Parquet.Schema;

namespace GpuMm.Traces.Export;

/// <summary>Apache Parquet, one row per event: snake_case columns, times in ns as int64, snappy.</summary>
/// <remarks>Memory: one row group of 128 Ki events.</remarks>
internal sealed class ParquetTraceWriter : ITraceWriter
{
    private const int RowsPerGroup = 1 << 17;

    private readonly Stream _stream;
    private readonly TraceEvent[] _rows = new TraceEvent[RowsPerGroup];
    private readonly long[] _numbers = new long[RowsPerGroup];
    private readonly string[] _words = new string[RowsPerGroup];
    private readonly Dictionary<int, string> _names = [];
    private ParquetWriter? _writer;
    private int _used;

    private static readonly (string Name, Func<TraceEvent, long> Value)[] s_numbers =
    [
        ("ts_ns", static e => e.TimeNs),
        ("client", static e => e.ClientId),
        ("bo", static e => unchecked((long)e.ObjectId)),
        ("bytes", static e => unchecked((long)e.SizeBytes)),
        ("offset", static e => unchecked((long)e.OffsetBytes)),
        ("related", static e => unchecked((long)e.RelatedId)),
        ("duration_ns", static e => unchecked((long)e.DurationNs)),
        ("count", static e => e.Count),
        ("detail", static e => unchecked((long)e.Detail)),
        ("flags", static e => (long)e.Flags),
        ("reason", static e => e.Reason),
        ("wishes", static e => e.Placement.Count),
        ("placement", static e => unchecked((long)e.Placement.Packed)),
    ];

    private static readonly (string Name, Func<TraceEvent, Enum> Value)[] s_words =
    [
        ("event", static e => e.Kind),
        ("from", static e => e.From),
        ("to", static e => e.To),
        ("cause", static e => e.Cause),
        ("status", static e => e.Status),
        ("device_event", static e => e.DeviceKind),
    ];

    public ParquetTraceWriter(Stream stream)
    {
        _stream = stream;
    }

    private static ParquetSchema Schema { get; } = MakeSchema();

    public long Written { get; private set; }

    public void Write(in TraceEvent e)
    {
        _rows[_used++] = e;
        Written++;
        if (_used == RowsPerGroup)
        {
            WriteGroup();
        }
    }

    public void Complete()
    {
        WriteGroup();
        if (_writer is not null)
        {
            _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _writer = null;
        }

        _stream.Flush();
    }

    public void Dispose()
    {
        _writer?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stream.Dispose();
    }

    private static ParquetSchema MakeSchema()
    {
        List<Field> fields = [];
        foreach ((string name, _) in s_numbers)
        {
            fields.Add(new DataField<long>(name));
        }

        foreach ((string name, _) in s_words)
        {
            fields.Add(new DataField(name, typeof(string), isNullable: false));
        }

        fields.Add(new DataField<string>("name"));
        return new ParquetSchema(fields);
    }

    // Also an empty trace has a schema: the writer is made in any case.
    private void WriteGroup()
    {
        ParquetOptions options = new() { CompressionMethod = CompressionMethod.Snappy };
        _writer ??= ParquetWriter.CreateAsync(Schema, _stream, options).GetAwaiter().GetResult();
        if (_used == 0)
        {
            return;
        }

        DataField[] fields = Schema.GetDataFields();
        using ParquetRowGroupWriter group = _writer.CreateRowGroup();
        int column = 0;
        foreach ((_, Func<TraceEvent, long> value) in s_numbers)
        {
            for (int i = 0; i < _used; i++)
            {
                _numbers[i] = value(_rows[i]);
            }

            group.WriteAsync<long>(fields[column++], _numbers.AsMemory(0, _used)).GetAwaiter().GetResult();
        }

        foreach ((string name, Func<TraceEvent, Enum> value) in s_words)
        {
            for (int i = 0; i < _used; i++)
            {
                _words[i] = Word(column, value(_rows[i]));
            }

            group.WriteAsync(fields[column++], new ArraySegment<string>(_words, 0, _used)).GetAwaiter().GetResult();
        }

        string?[] names = new string?[_used];
        for (int i = 0; i < _used; i++)
        {
            names[i] = _rows[i].Name;
        }

        group.WriteAsync(fields[column], names!).GetAwaiter().GetResult();
        group.CompleteValidate();
        _used = 0;
    }

    private string Word(int column, Enum value)
    {
        int key = (column << 8) | Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture);
        if (!_names.TryGetValue(key, out string? word))
        {
            _names.Add(key, word = value.ToString());
        }

        return word;
    }
}
