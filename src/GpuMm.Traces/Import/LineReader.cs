using System;
using System.IO;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Splits a stream into lines of bytes, each of a limited length, and knows where each begins.</summary>
internal sealed class LineReader(TraceInput input, int maxLineBytes)
{
    private readonly Stream _stream = input.Stream;
    private byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;
    private long _bufferOffset; // Where _buffer[0] lies in the stream.
    private bool _isAtEnd;

    /// <summary>Byte where the line read last begins.</summary>
    public long LineOffset { get; private set; }

    /// <summary>Its number, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Reads a line without its end. The span is good until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            int end = rest[searched..].IndexOf((byte)'\n');
            if (end >= 0)
            {
                line = Take(rest[..(searched + end)], skip: 1);
                return true;
            }

            searched = rest.Length;
            if (_isAtEnd)
            {
                line = Take(rest, skip: 0);
                return searched > 0;
            }

            if (rest.Length >= maxLineBytes)
            {
                throw new TraceFormatException(
                    input.File, _bufferOffset + _start, $"line {LineNumber + 1} is longer than {maxLineBytes} bytes",
                    "This is no text of the expected format; name the right one with --from.");
            }

            Fill();
        }
    }

    private ReadOnlySpan<byte> Take(ReadOnlySpan<byte> line, int skip)
    {
        LineOffset = _bufferOffset + _start;
        LineNumber++;
        _start += line.Length + skip;
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _bufferOffset += _start;
            _end -= _start;
            _start = 0;
        }
        else if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int count = _stream.Read(_buffer.AsSpan(_end));
        _end += count;
        _isAtEnd = count == 0;
    }
}
