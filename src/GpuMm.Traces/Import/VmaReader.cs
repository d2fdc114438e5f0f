using System;
using System.Globalization;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Recordings of the Vulkan Memory Allocator (2.x): "Vulkan Memory Allocator,Calls recording".</summary>
/// <remarks>
/// An allocation is an object. Creation and touching count as uses, inferred. Images carry no size: it is computed
/// from their shape. An allocation that is resized (versions 1.4 and 1.5) ends and begins anew. Source: the recording format page of VMA before 3.0, for the columns.
/// </remarks>
internal sealed class VmaReader : TextTraceReader
{
    public const string FirstLine = "Vulkan Memory Allocator,Calls recording";

    private const string Fix = "Record again with VMA 2.x (VMA_RECORDING_ENABLED).";
    private const int MaxColumns = 32;

    private readonly ObjectNames _names;
    private readonly Range[] _columns = new Range[MaxColumns];
    private bool _isInConfig;
    private ulong _frame;

    public VmaReader(TraceInput input)
        : base(input, "vma")
    {
        _names = new ObjectNames(input.File);
    }

    protected override void Parse(ReadOnlySpan<byte> line)
    {
        line = line.Trim((byte)' ');
        if (LineNumber == 1)
        {
            SetProperty(PyTorchEvents.AccessProperty, "inferred: at creation and touching; the source records no GPU access");
            if (!line.StartsWith("Vulkan Memory Allocator,Calls recording"u8))
            {
                throw BadLine(0, $"the first line is not '{FirstLine}'", Fix);
            }
        }
        else if (LineNumber == 2)
        {
            Version(line);
        }
        else if (line.StartsWith("Config,Begin"u8) || line.StartsWith("Config,End"u8))
        {
            _isInConfig = line.StartsWith("Config,Begin"u8);
        }
        else if (_isInConfig)
        {
            Configure(line);
        }
        else if (!line.IsEmpty)
        {
            Call(line);
        }
    }

    private void Version(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line;
        if (!Fields.TryWhole(Fields.Next(ref rest, (byte)','), out ulong major) || !Fields.TryWhole(rest, out ulong minor) || major != 1 || minor > 99)
        {
            throw BadLine(0, $"'{Fields.Text(line, 40)}' is no version 1.x", Fix);
        }

        SetProperty("version", string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}"));
    }

    // "PhysicalDeviceMemory,Heap,0,size,17179869184" and the like: kept as facts, and the last word is the value.
    private void Configure(ReadOnlySpan<byte> line)
    {
        int end = line.LastIndexOf((byte)',');
        if (end > 0)
        {
            SetProperty(Fields.Text(line[..end], 100), Fields.Text(line[(end + 1)..], 100));
        }
    }

    // thread,seconds,frame,function,arguments: from the left, because user data may hold commas.
    private void Call(ReadOnlySpan<byte> line)
    {
        int count = Split(line);
        if (count < 4 || !Fields.TrySeconds(Field(line, 1), out long time) || !Fields.TryWhole(Field(line, 2), out ulong frame) ||
            !Fields.TryWhole(Field(line, 0), out ulong thread))
        {
            throw BadLine(0, $"'{Fields.Text(line, 60)}' is no call: thread,seconds,frame,function,arguments", Fix);
        }

        TraceEvent e = new() { TimeNs = time, ClientId = (int)(thread & int.MaxValue) };
        if (frame != _frame)
        {
            _frame = frame;
            Emit(e with { Kind = TraceKind.Frame, RelatedId = frame });
        }

        if (!Apply(Field(line, 3), line, count, e))
        {
            throw BadLine(0, $"{Fields.Text(Field(line, 3), 40)} has other arguments than expected: '{Fields.Text(line, 120)}'", Fix);
        }
    }

    private bool Apply(ReadOnlySpan<byte> function, ReadOnlySpan<byte> line, int count, in TraceEvent e)
    {
        if (function.SequenceEqual("vmaCreateBuffer"u8))
        {
            return Whole(line, 5, out ulong size) && Begin(line, 14, size, Usage(line, 9), e, "buffer");
        }

        if (function.SequenceEqual("vmaCreateImage"u8))
        {
            return Image(line, e);
        }

        if (function.SequenceEqual("vmaAllocateMemory"u8))
        {
            // size,alignment,typeBits,flags,usage,required,preferred,memTypeBits,pool,allocation
            return Whole(line, 4, out ulong size) && Begin(line, 13, size, Usage(line, 8), e, "memory");
        }

        if (function.SequenceEqual("vmaAllocateMemoryForBuffer"u8) || function.SequenceEqual("vmaAllocateMemoryForImage"u8))
        {
            // Two columns on dedicated allocations follow the type bits.
            return Whole(line, 4, out ulong size) && Begin(line, 15, size, Usage(line, 10), e, "memory");
        }

        if (function.SequenceEqual("vmaAllocateMemoryPages"u8))
        {
            return Whole(line, 4, out ulong size) && Pages(line, size, e);
        }

        if (function.SequenceEqual("vmaDestroyBuffer"u8) || function.SequenceEqual("vmaDestroyImage"u8) ||
            function.SequenceEqual("vmaFreeMemory"u8) || function.SequenceEqual("vmaFreeMemoryPages"u8))
        {
            return End(line, count, e);
        }

        if (function.SequenceEqual("vmaResizeAllocation"u8))
        {
            return Whole(line, 5, out ulong size) && Fields.TryHex(Field(line, 4), out ulong handle) && Resize(handle, size, e);
        }

        TraceKind kind = function.SequenceEqual("vmaMapMemory"u8) ? TraceKind.Map
            : function.SequenceEqual("vmaUnmapMemory"u8) ? TraceKind.Unmap
            : function.SequenceEqual("vmaTouchAllocation"u8) || function.SequenceEqual("vmaGetAllocationInfo"u8) ? TraceKind.Use
            : function.SequenceEqual("vmaFlushAllocation"u8) || function.SequenceEqual("vmaInvalidateAllocation"u8) ? TraceKind.CpuAccess
            : TraceKind.Marker;
        return kind == TraceKind.Marker ? Mark(function, e) : Touch(line, kind, e);
    }

    private bool Image(ReadOnlySpan<byte> line, in TraceEvent e)
    {
        Span<ulong> shape = stackalloc ulong[7];
        for (int i = 0; i < shape.Length; i++)
        {
            // format, width, height, depth, levels, layers, samples: columns 6 to 12
            if (!Whole(line, 6 + i, out shape[i]))
            {
                return false;
            }
        }

        ulong size = VulkanImages.Bytes(shape[0], shape[1], shape[2], shape[3], shape[4], shape[5], shape[6]);
        return Begin(line, 23, size, Usage(line, 18), e, "image");
    }

    private bool Pages(ReadOnlySpan<byte> line, ulong size, in TraceEvent e)
    {
        // The pointers of the new allocations stand in the last argument before the user data, with blanks between.
        ReadOnlySpan<byte> rest = Field(line, 13);
        bool isGood = !rest.IsEmpty;
        while (!rest.IsEmpty && isGood)
        {
            ReadOnlySpan<byte> pointer = Fields.Next(ref rest, (byte)' ');
            isGood = Fields.TryHex(pointer, out ulong handle);
            Begin(handle, size, Usage(line, 8), e, "memory");
        }

        return isGood;
    }

    private bool Begin(ReadOnlySpan<byte> line, int column, ulong size, ulong usage, in TraceEvent e, string name) =>
        Fields.TryHex(Field(line, column), out ulong handle) && Begin(handle, size, usage, e, name);

    private bool Begin(ulong handle, ulong size, ulong usage, in TraceEvent e, string name)
    {
        if (handle == 0)
        {
            Emit(e with { Kind = TraceKind.OutOfMemory, SizeBytes = size, Flags = TraceFlags.Failed });
            return true;
        }

        if (_names.TryEnd(handle, out ObjectNames.LiveObject stale))
        {
            Emit(e with { Kind = TraceKind.Destroy, ObjectId = stale.Id, SizeBytes = stale.SizeBytes, Flags = TraceFlags.Inferred });
        }

        // VMA_MEMORY_USAGE: 1 GPU only, 2 CPU only, 3 CPU to GPU, 4 GPU to CPU, 5 CPU copy, 6 GPU lazily.
        MemoryDomain to = usage is 2 or 4 or 5 ? MemoryDomain.Gtt : MemoryDomain.Vram;
        ulong id = _names.Begin(handle, size, LineOffset);
        Emit(e with { Kind = TraceKind.Create, ObjectId = id, SizeBytes = size, To = to, From = usage == 3 ? MemoryDomain.Gtt : to, Name = name });
        Emit(e with { Kind = TraceKind.Use, ObjectId = id, SizeBytes = size, Flags = TraceFlags.Inferred | TraceFlags.Write });
        return true;
    }

    private bool Resize(ulong handle, ulong size, in TraceEvent e)
    {
        if (_names.TryEnd(handle, out ObjectNames.LiveObject old))
        {
            Emit(e with { Kind = TraceKind.Destroy, ObjectId = old.Id, SizeBytes = old.SizeBytes, Flags = TraceFlags.Inferred });
            ulong id = _names.Begin(handle, size, LineOffset);
            Emit(e with { Kind = TraceKind.Create, ObjectId = id, SizeBytes = size, To = MemoryDomain.Vram, From = MemoryDomain.Vram, Flags = TraceFlags.Inferred, Name = "resized" });
        }

        return true;
    }

    private bool End(ReadOnlySpan<byte> line, int count, in TraceEvent e)
    {
        ReadOnlySpan<byte> rest = count > 4 ? Field(line, 4) : [];
        while (!rest.IsEmpty)
        {
            if (!Fields.TryHex(Fields.Next(ref rest, (byte)' '), out ulong handle))
            {
                return false;
            }

            if (_names.TryEnd(handle, out ObjectNames.LiveObject gone))
            {
                Emit(e with { Kind = TraceKind.Destroy, ObjectId = gone.Id, SizeBytes = gone.SizeBytes });
            }
        }

        return count > 4;
    }

    private bool Touch(ReadOnlySpan<byte> line, TraceKind kind, in TraceEvent e)
    {
        if (!Fields.TryHex(Field(line, 4), out ulong handle))
        {
            return false;
        }

        if (_names.TryFind(handle, out ObjectNames.LiveObject found))
        {
            Emit(e with
            {
                Kind = kind,
                ObjectId = found.Id,
                SizeBytes = found.SizeBytes,
                Flags = kind == TraceKind.Use ? TraceFlags.Inferred : TraceFlags.None,
            });
        }

        return true;
    }

    private bool Mark(ReadOnlySpan<byte> function, in TraceEvent e)
    {
        Emit(e with { Kind = TraceKind.Marker, Name = Fields.Text(function, 60) });
        return function.StartsWith("vma"u8);
    }

    private int Split(ReadOnlySpan<byte> line)
    {
        int start = 0;
        for (int i = 0; i < MaxColumns; i++)
        {
            int end = line[start..].IndexOf((byte)',');
            if (end < 0)
            {
                _columns[i] = start..line.Length;
                Array.Fill(_columns, line.Length..line.Length, i + 1, MaxColumns - i - 1);
                return i + 1;
            }

            _columns[i] = start..(start + end);
            start += end + 1;
        }

        return MaxColumns;
    }

    private ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, int column) => line[_columns[column]].Trim((byte)' ');

    private bool Whole(ReadOnlySpan<byte> line, int column, out ulong value) => Fields.TryWhole(Field(line, column), out value) && value < 1ul << 47;

    private ulong Usage(ReadOnlySpan<byte> line, int column) => Fields.TryWhole(Field(line, column), out ulong usage) ? usage : 0;
}
