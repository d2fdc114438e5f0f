using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>
/// Reads the part of Python's pickle that holds plain data: numbers, text, lists, tuples, dicts with text keys. Whatever
/// could name or call code (GLOBAL, REDUCE, BUILD and their like) is refused, so a snapshot from a stranger is harmless.
/// </summary>
/// <remarks>
/// Values are null, bool, long, double, string, List of values (also for tuples) and <see cref="PickleMap"/>. Nothing is
/// walked recursively, so depth and cycles do no harm. Memory: about 60 bytes per value, at most <see cref="MaxValues"/>,
/// and the text, at most <see cref="MaxAllTextBytes"/>: a compressed file can hold far more than its size.
/// </remarks>
internal sealed class PickleReader(Stream stream, string file, long maxAllTextBytes = PickleReader.MaxAllTextBytes)
{
    /// <summary>Most values of one pickle.</summary>
    public const int MaxValues = 32_000_000;

    /// <summary>Most bytes of one text.</summary>
    public const int MaxTextBytes = 16 << 20;

    /// <summary>Most bytes of all texts together.</summary>
    public const long MaxAllTextBytes = 1L << 31;

    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly List<object?> _memo = [];
    private long _offset;
    private long _opcodeOffset;
    private int _values;
    private long _textBytes;

    /// <summary>Reads one pickle to its end.</summary>
    public object? Read()
    {
        while (true)
        {
            _opcodeOffset = _offset;
            byte opcode = Byte();
            if (opcode == '.')
            {
                return Pop();
            }

            if (!Scalar(opcode) && !Container(opcode) && !Memo(opcode))
            {
                throw Bad(
                    $"the pickle has opcode 0x{opcode:x2}, which plain data does not need and which may run code",
                    "Only trust and give snapshots as torch.cuda.memory._snapshot() pickles them.");
            }
        }
    }

    private bool Scalar(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                if (Byte() > 5)
                {
                    throw Bad("the pickle is of a protocol after 5", "Write it with pickle protocol 4.");
                }

                return true;
            case 0x95: // FRAME: only a hint for readers.
                Skip(8);
                return true;
            case (byte)'N':
                return Push(null);
            case 0x88:
                return Push(true);
            case 0x89:
                return Push(false);
            case (byte)'K':
                return Push((long)Byte());
            case (byte)'M':
                return Push((long)(ushort)Little(2));
            case (byte)'J':
                return Push((long)unchecked((int)Little(4)));
            case 0x8A:
                return Push(Long(Byte()));
            case 0x8B:
                return Push(Long(Length(4, 8)));
            case (byte)'G':
                return Push(BitConverter.Int64BitsToDouble(BinaryPrimitives.ReverseEndianness(unchecked((long)Little(8)))));
            case 0x8C:
                return Push(Text(Byte()));
            case (byte)'X':
                return Push(Text(Length(4, MaxTextBytes)));
            case 0x8D:
                return Push(Text(Length(8, MaxTextBytes)));
            default:
                return false;
        }
    }

    private bool Container(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'}':
                return Push(new PickleMap());
            case (byte)']' or (byte)')':
                return Push(new List<object?>());
            case (byte)'(':
                Count();
                _marks.Add(_stack.Count);
                return true;
            case 0x85 or 0x86 or 0x87:
                return Tuple(_stack.Count - (opcode - 0x84));
            case (byte)'t':
                return Tuple(PopMark());
            case (byte)'a':
                return Append(_stack.Count - 1);
            case (byte)'e':
                return Append(PopMark());
            case (byte)'s':
                return SetItems(_stack.Count - 2);
            case (byte)'u':
                return SetItems(PopMark());
            default:
                return false;
        }
    }

    private bool Memo(byte opcode)
    {
        switch (opcode)
        {
            case 0x94:
                _memo.Add(Top());
                return true;
            case (byte)'q':
                return Put(Byte());
            case (byte)'r':
                return Put(Length(4, MaxValues));
            case (byte)'h':
                return Get(Byte());
            case (byte)'j':
                return Get(Length(4, int.MaxValue));
            default:
                return false;
        }
    }

    private bool Put(int index)
    {
        // Picklers number in order; a gap would let five bytes ask for gigabytes.
        if (index > _memo.Count + 1)
        {
            throw Bad($"memo entry {index} is set while there are {_memo.Count}", "The snapshot is damaged: write it again.");
        }

        while (_memo.Count <= index)
        {
            Count();
            _memo.Add(null);
        }

        _memo[index] = Top();
        return true;
    }

    private bool Get(int index) =>
        index < _memo.Count ? Push(_memo[index]) : throw Bad($"memo entry {index} was never set", "The snapshot is damaged: write it again.");

    private bool Tuple(int from)
    {
        CheckDepth(from, from);
        List<object?> tuple = _stack.GetRange(from, _stack.Count - from);
        _stack.RemoveRange(from, _stack.Count - from);
        return Push(tuple);
    }

    private bool Append(int from)
    {
        CheckDepth(from - 1, from);
        if (_stack[from - 1] is not List<object?> list)
        {
            throw Bad("items are appended to something that is no list", "The snapshot is damaged: write it again.");
        }

        list.AddRange(_stack.GetRange(from, _stack.Count - from));
        _stack.RemoveRange(from, _stack.Count - from);
        return true;
    }

    private bool SetItems(int from)
    {
        CheckDepth(from - 1, from);
        if (_stack[from - 1] is not PickleMap map || (_stack.Count - from) % 2 != 0)
        {
            throw Bad("items are set in something that is no dict", "The snapshot is damaged: write it again.");
        }

        for (int i = from; i < _stack.Count; i += 2)
        {
            map.Add(_stack[i] as string ?? throw Bad("a dict has a key that is no text", "This is no memory snapshot of PyTorch."), _stack[i + 1]);
        }

        _stack.RemoveRange(from, _stack.Count - from);
        return true;
    }

    private void CheckDepth(int lowest, int from)
    {
        // What lies under the innermost mark belongs to a container that is not finished.
        int floor = _marks.Count == 0 ? 0 : _marks[^1];
        if (lowest < floor || from > _stack.Count)
        {
            throw Bad("the stack is empty where values are needed", "The snapshot is damaged: write it again.");
        }
    }

    private bool Push(object? value)
    {
        Count();
        _stack.Add(value);
        return true;
    }

    private void Count()
    {
        if (++_values > MaxValues)
        {
            throw Bad($"the pickle holds more than {MaxValues} values", "Record fewer events (max_entries) or without stacks.");
        }
    }

    private object? Top() => _stack.Count > 0 ? _stack[^1] : throw Bad("the stack is empty where a value is needed", "The snapshot is damaged: write it again.");

    private object? Pop()
    {
        object? top = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private int PopMark()
    {
        if (_marks.Count == 0)
        {
            throw Bad("a mark is missing", "The snapshot is damaged: write it again.");
        }

        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return mark <= _stack.Count ? mark : throw Bad("a mark lies above the stack", "The snapshot is damaged: write it again.");
    }

    private long Long(int bytes)
    {
        if (bytes > 9)
        {
            throw Bad($"a number has {bytes} bytes", "The snapshot is damaged: write it again.");
        }

        ulong value = 0;
        byte last = 0;
        for (int i = 0; i < bytes; i++)
        {
            last = Byte();
            value |= i < 8 ? (ulong)last << (8 * i) : 0;
        }

        // Nine bytes hold an unsigned number of 64 bits; it keeps its bits.
        return unchecked(bytes is > 0 and < 8 && last >= 0x80 ? (long)(value | (ulong.MaxValue << (8 * bytes))) : (long)value);
    }

    private int Length(int bytes, int most)
    {
        ulong length = Little(bytes);
        return length <= (ulong)most ? (int)length : throw Bad($"a length is {length}, at most {most} is taken", "The snapshot is damaged: write it again.");
    }

    private string Text(int length)
    {
        _textBytes += length;
        if (_textBytes > maxAllTextBytes)
        {
            throw Bad($"the pickle holds more than {maxAllTextBytes} bytes of text", "Record fewer events (max_entries) or without stacks.");
        }

        byte[] bytes = new byte[Math.Min(length, 4096)];
        int have = 0;
        while (true)
        {
            while (have < bytes.Length && Fill())
            {
                int count = Math.Min(bytes.Length - have, _end - _start);
                _buffer.AsSpan(_start, count).CopyTo(bytes.AsSpan(have));
                have += count;
                _start += count;
                _offset += count;
            }

            if (have == length)
            {
                return Encoding.UTF8.GetString(bytes);
            }

            if (have < bytes.Length)
            {
                throw Ended();
            }

            // Grows with what is really there, so that a stated length alone costs nothing.
            Array.Resize(ref bytes, Math.Min(length, bytes.Length * 2));
        }
    }

    private ulong Little(int bytes)
    {
        ulong value = 0;
        for (int i = 0; i < bytes; i++)
        {
            value |= (ulong)Byte() << (8 * i);
        }

        return value;
    }

    private void Skip(int bytes)
    {
        for (int i = 0; i < bytes; i++)
        {
            Byte();
        }
    }

    private byte Byte()
    {
        if (!Fill())
        {
            throw Ended();
        }

        _offset++;
        return _buffer[_start++];
    }

    // False at the end of the input.
    private bool Fill()
    {
        if (_start == _end)
        {
            _start = 0;
            _end = stream.Read(_buffer);
        }

        return _start < _end;
    }

    private TraceFormatException Ended() => new(file, _offset, "the pickle ends before its STOP", "The file is cut off: take another copy.");

    private TraceFormatException Bad(string what, string fix) => new(file, _opcodeOffset, what, fix);
}
