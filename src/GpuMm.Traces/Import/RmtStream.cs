using System;
using System.Buffers.Binary;

namespace GpuMm.Traces.Import;

/// <summary>One stream of Radeon memory tokens: walks token by token and keeps its clock.</summary>
/// <remarks>Source: the RMT format notes of Radeon Memory Visualizer, for sizes and bits.</remarks>
internal sealed class RmtStream(ReadOnlyMemory<byte> bytes, int minorVersion, int majorVersion, long fileOffset)
{
    // Types whose bits 4 to 7 are a time difference: 3 to 8 and 10 to 13.
    private const uint TypesWithDelta = 0b0011_1101_1111_1000;

    private readonly ReadOnlyMemory<byte> _bytes = bytes;
    private int _at;
    private int _tokenAt;
    private int _tokenBytes;
    private ulong _ticks;
    private uint _frequency;

    public int MinorVersion { get; } = majorVersion > 1 ? int.MaxValue : majorVersion < 1 ? 0 : minorVersion;

    /// <summary>Where the present token lies in the file (or in its decompressed chunk).</summary>
    public long Offset => fileOffset + _tokenAt;

    public int Type { get; private set; }

    public long TimeNs { get; private set; }

    public ReadOnlySpan<byte> Token => _bytes.Span.Slice(_tokenAt, _tokenBytes);

    public bool IsAtEnd { get; private set; }

    /// <summary>What is wrong with the stream, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Steps to the next token; false at the end or at a problem.</summary>
    public bool Next()
    {
        ReadOnlySpan<byte> all = _bytes.Span;
        _tokenAt = _at;
        if (_at >= all.Length)
        {
            IsAtEnd = true;
            return false;
        }

        Type = all[_at] & 15;
        ReadOnlySpan<byte> rest = all[_at..];
        _tokenBytes = SizeOf(rest);
        if (_tokenBytes == 0 || _tokenBytes > rest.Length)
        {
            Problem = _tokenBytes == 0 ? $"token type {Type} has a form that is not known" : $"the last token (type {Type}) needs {_tokenBytes} bytes, {rest.Length} are left";
            IsAtEnd = true;
            return false;
        }

        Advance(rest);
        _at += _tokenBytes;
        return !IsAtEnd;
    }

    /// <summary>Bits of the present token, lowest first.</summary>
    public ulong Bits(int first, int count)
    {
        ulong value = 0;
        ReadOnlySpan<byte> token = Token;
        for (int i = 0; i < count; i++)
        {
            int bit = first + i;
            value |= (ulong)((token[bit >> 3] >> (bit & 7)) & 1) << i;
        }

        return value;
    }

    private void Advance(ReadOnlySpan<byte> token)
    {
        ulong delta = (TypesWithDelta >> Type & 1) != 0 ? (ulong)(token[0] >> 4) : 0;
        if (Type == 0)
        {
            _ticks = unchecked((BinaryPrimitives.ReadUInt64LittleEndian(token) >> 4) * 32);
            _frequency = BinaryPrimitives.ReadUInt32LittleEndian(token[8..]);
            if (_frequency == 0)
            {
                Problem = "a timestamp gives a frequency of 0";
                IsAtEnd = true;
                return;
            }
        }
        else if (_frequency == 0)
        {
            Problem = "the stream does not begin with a timestamp";
            IsAtEnd = true;
            return;
        }
        else if (Type == 14)
        {
            for (int i = 0; i < _tokenBytes - 1; i++)
            {
                delta |= (ulong)token[1 + i] << (8 * i);
            }
        }

        _ticks = unchecked(_ticks + (delta * 32));
        UInt128 ns = (UInt128)_ticks * 1_000_000_000 / _frequency;
        TimeNs = ns > long.MaxValue ? long.MaxValue : (long)ns;
    }

    // 0 when it cannot be told.
    private int SizeOf(ReadOnlySpan<byte> token) => Type switch
    {
        0 => 12,
        1 => 14,
        2 => 0,
        3 => 18,
        4 => token.Length < 4 ? 4 : 4 + (int)(BinaryPrimitives.ReadUInt32LittleEndian(token) >> 12),
        5 => 2,
        6 => 8,
        7 => 17,
        8 => 6,
        9 => 10,
        10 => 8,
        11 => 7,
        12 => 12,
        13 => 7 + PayloadOf(token),
        14 => 1 + ((token[0] >> 4) & 7),
        _ => 5,
    };

    private int PayloadOf(ReadOnlySpan<byte> token) => token.Length < 7 ? 0 : (token[6] & 63) switch
    {
        0 => MinorVersion >= 6 ? 39 : 38,
        1 => 11,
        2 or 3 or 7 or 16 => 1,
        6 => 12,
        8 => 4,
        9 => 6,
        11 => 10,
        12 => 19,
        13 => 4,
        14 => token.Length < 10 ? 3 : 3 + (4 * token[9]),
        15 => 44,
        18 => 17,
        _ => 0,
    };
}
