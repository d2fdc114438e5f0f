using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Radeon Memory Visualizer traces (.rmv): an RDF container of token streams.</summary>
/// <remarks>
/// A virtual allocation is an object; a resource is bound into one. References say that an object shall be resident, so
/// they count as uses, inferred. The names of host and processes in the file are not taken over. Memory: the file, its
/// decompressed streams, and the live objects.
/// </remarks>
internal sealed class RmvReader : QueuedReader
{
    private const ulong MaxTokenBytes = 2ul << 30;

    private readonly ObjectNames _names;
    private readonly RmvTokens _tokens;
    private readonly List<RmtStream> _streams = [];
    private bool _isLoaded;
    private long _startNs;

    public RmvReader(TraceInput input)
        : base(input, "rmv")
    {
        _names = new ObjectNames(input.File);
        _tokens = new RmvTokens(_names, (in TraceEvent e) => Emit(e with { TimeNs = Math.Max(0, e.TimeNs - _startNs) }));
    }

    protected override bool Step()
    {
        if (!_isLoaded)
        {
            Load();
            _isLoaded = true;
            return true;
        }

        for (int i = 0; i < 256; i++)
        {
            RmtStream? first = null;
            foreach (RmtStream stream in _streams)
            {
                if (!stream.IsAtEnd && (first is null || stream.TimeNs < first.TimeNs))
                {
                    first = stream;
                }
            }

            if (first is null)
            {
                return false;
            }

            _tokens.Apply(first);
            Move(first);
        }

        return true;
    }

    private void Move(RmtStream stream)
    {
        if (!stream.Next() && stream.Problem is { } problem)
        {
            throw Malformed(stream.Offset, problem, "The trace is damaged, or from a driver that is newer than this reader.");
        }
    }

    private void Load()
    {
        RdfContainer container = RdfContainer.Read(Stream, Input.File);
        SortedDictionary<uint, List<(RdfChunk Chunk, int Major, int Minor)>> parts = [];
        foreach (RdfChunk chunk in container.Chunks)
        {
            ReadOnlySpan<byte> header = container.HeaderOf(chunk);
            switch (chunk.Id)
            {
                case "RmtData" when header.Length >= 24:
                    uint index = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
                    if (!parts.TryGetValue(index, out List<(RdfChunk, int, int)>? list))
                    {
                        parts.Add(index, list = []);
                    }

                    list.Add((chunk, BinaryPrimitives.ReadUInt16LittleEndian(header[20..]), BinaryPrimitives.ReadUInt16LittleEndian(header[22..])));
                    break;
                case "RmtData":
                    throw container.Bad(chunk.HeaderOffset, $"the header of a token chunk has {header.Length} bytes, not 24");
                case "AdapterInfo" or "GpuMemSegment":
                    Describe(chunk.Id, container.DataOf(chunk).Span);
                    break;
            }
        }

        CheckSizes(container, parts.Values);
        _startNs = long.MaxValue;
        foreach (List<(RdfChunk Chunk, int Major, int Minor)> list in parts.Values)
        {
            ReadOnlyMemory<byte> bytes = Join(container, list);
            RmtStream stream = new(bytes, list[0].Minor, list[0].Major, list[0].Chunk.DataOffset);
            _streams.Add(stream);
            Move(stream);
            _startNs = stream.IsAtEnd ? _startNs : Math.Min(_startNs, stream.TimeNs);
        }

        if (_streams.Count == 0)
        {
            throw Malformed(0, "the file holds no stream of memory tokens (RmtData)", "Record it with Radeon Developer Panel, memory trace enabled.");
        }
    }

    // Before anything is decompressed: all streams are held at once, and a few bytes may say that they are gigabytes.
    private static void CheckSizes(RdfContainer container, IEnumerable<List<(RdfChunk Chunk, int Major, int Minor)>> streams)
    {
        ulong total = 0;
        foreach (List<(RdfChunk Chunk, int Major, int Minor)> list in streams)
        {
            foreach ((RdfChunk chunk, _, _) in list)
            {
                total += (ulong)(chunk.IsCompressed ? chunk.RawBytes : chunk.DataBytes);
                if (total > MaxTokenBytes - (1 << 20))
                {
                    throw container.Bad(chunk.DataOffset, "the token streams together are larger than 2 GiB");
                }
            }
        }
    }

    private static ReadOnlyMemory<byte> Join(RdfContainer container, List<(RdfChunk Chunk, int Major, int Minor)> list)
    {
        if (list.Count == 1)
        {
            return container.DataOf(list[0].Chunk);
        }

        using System.IO.MemoryStream joined = new();
        foreach ((RdfChunk chunk, _, _) in list)
        {
            joined.Write(container.DataOf(chunk).Span);
        }

        return joined.ToArray();
    }

    private void Describe(string id, ReadOnlySpan<byte> data)
    {
        if (id == "AdapterInfo" && data.Length >= 172)
        {
            ReadOnlySpan<byte> name = data[..128];
            int end = name.IndexOf((byte)0);
            SetProperty("adapter", Fields.Text(end < 0 ? name : name[..end], 128));
            SetProperty("bandwidth_mib_per_s", BinaryPrimitives.ReadUInt32LittleEndian(data[(128 + (8 * 4))..]).ToString(CultureInfo.InvariantCulture));
            return;
        }

        const int SegmentBytes = 24;
        for (int at = 0; id == "GpuMemSegment" && at + SegmentBytes <= data.Length && at < 16 * SegmentBytes; at += SegmentBytes)
        {
            int type = BinaryPrimitives.ReadInt32LittleEndian(data[at..]);
            ulong first = BinaryPrimitives.ReadUInt64LittleEndian(data[(at + 8)..]);
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(data[(at + 16)..]);
            string name = type switch { 0 => "local", 1 => "invisible", 2 => "system", _ => "other" };
            SetProperty($"segment_{name}_bytes", size.ToString(CultureInfo.InvariantCulture));
            _tokens.AddSegment(type, first, size);
        }
    }
}
