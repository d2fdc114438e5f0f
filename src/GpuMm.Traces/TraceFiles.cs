using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Traces.Format;
using GpuMm.Traces.Import;
using GpuMm.Traces.Model;

namespace GpuMm.Traces;

/// <summary>Opens and creates traces of every format.</summary>
public static partial class TraceFiles
{
    /// <summary>Every format, in the order of their names.</summary>
    public static IReadOnlyList<TraceFormat> Formats { get; } =
    [
        new("chrome", "Chrome trace event JSON (about:tracing, Perfetto)", ".json", CanRead: false, CanWrite: true),
        new("csv", "Tables: libCacheSim requests, or every column of our events", ".csv", CanRead: true, CanWrite: true),
        new("ftrace", "Text of ftrace or trace-cmd: amdgpu, xe, i915", ".txt", CanRead: true, CanWrite: true),
        new("gfxr", "gfxreconstruct JSON Lines", ".jsonl", CanRead: true, CanWrite: false),
        new("gmmt", "GpuMm's own: compact, checked, seekable", ".gmmt", CanRead: true, CanWrite: true),
        new("oracle", "libCacheSim oracleGeneral", ".bin", CanRead: true, CanWrite: true),
        new("parquet", "Apache Parquet, every column of our events", ".parquet", CanRead: false, CanWrite: true),
        new("perfetto", "Perfetto protobuf", ".pftrace", CanRead: false, CanWrite: true),
        new("pytorch", "PyTorch CUDA memory snapshot (pickle)", ".pickle", CanRead: true, CanWrite: false),
        new("pytorch-csv", "PyTorch allocator events: time_us,action,addr,size,stream", ".csv", CanRead: true, CanWrite: false),
        new("rmv", "Radeon Memory Visualizer", ".rmv", CanRead: true, CanWrite: false),
        new("vma", "Vulkan Memory Allocator recording", ".csv", CanRead: true, CanWrite: false),
    ];

    /// <summary>Opens a trace; its format is found by content unless it is given. Files compressed with zstd are read as they are.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Format and columns; null to find both out.</param>
    /// <exception cref="TraceFormatException">The content fits no format, or not the one that was given.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    public static ITraceReader Open(string path, TraceOpenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        try
        {
            return Open(stream, path, options);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Opens a trace from a stream.</summary>
    /// <param name="stream">Seekable; read from its start. Disposed with the reader.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="options">Format and columns; null to find both out.</param>
    /// <exception cref="TraceFormatException">The content fits no format, or not the one that was given.</exception>
    /// <exception cref="ArgumentException">There is no such format, or the stream is not seekable.</exception>
    public static ITraceReader Open(Stream stream, string name, TraceOpenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (!stream.CanSeek)
        {
            throw new ArgumentException($"{name}: this cannot be read twice; give a file.", nameof(stream));
        }

        options ??= new TraceOpenOptions();
        CsvLayout? layout = options.Columns is null ? null : CsvLayout.Parse(options.Columns);
        TraceInput input = TraceInput.Open(stream, name, out byte[] head);
        string format = options.From ?? (layout is null ? TraceDetector.Detect(head, name, input.IsCompressed ? null : stream.Length) : "csv");
        return format switch
        {
            "gmmt" when input.IsCompressed => throw new TraceFormatException(name, 0, "a native trace inside zstd cannot be read in parts", "Decompress it first: its blocks are compressed already."),
            "gmmt" => new GmmtReader(stream, name),
            "oracle" => new OracleGeneralReader(input),
            "csv" when layout is null && EventCsvHeader.IsStart(head) => new EventCsvReader(input),
            "csv" => new CsvReader(input, layout),
            "pytorch" => new PyTorchPickleReader(input),
            "pytorch-csv" => new PyTorchCsvReader(input),
            "rmv" => new RmvReader(input),
            "ftrace" => new FtraceReader(input),
            "gfxr" => new GfxrReader(input),
            "vma" => new VmaReader(input),
            _ => throw new ArgumentException(
                $"--from {format}: there is no such format to read; give {string.Join(", ", Formats.Where(static f => f.CanRead).Select(static f => f.Name))}.",
                nameof(options)),
        };
    }
}
