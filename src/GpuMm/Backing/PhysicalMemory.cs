using System;
using GpuMm.Primitives;

namespace GpuMm.Backing;

/// <summary>All memories that a frame number can name: a number of the memory and a page in it.</summary>
/// <remarks>Filled at set-up, then read only.</remarks>
public sealed class PhysicalMemory : IDisposable
{
    /// <summary>Most memories one address space can see: the number has 4 bits in a page-table entry.</summary>
    public const int MaxMemories = 16;

    private readonly MemoryBacking?[] _memories = new MemoryBacking?[MaxMemories];

    /// <summary>Adds a memory under a number.</summary>
    /// <param name="memoryIndex">0 to <see cref="MaxMemories"/> - 1, not taken.</param>
    /// <param name="backing">The memory; disposed with this object.</param>
    public void Add(int memoryIndex, MemoryBacking backing)
    {
        ArgumentNullException.ThrowIfNull(backing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)memoryIndex, (uint)MaxMemories, nameof(memoryIndex));
        if (_memories[memoryIndex] is not null)
        {
            throw new InvalidOperationException($"Memory {memoryIndex} is taken.");
        }

        _memories[memoryIndex] = backing;
    }

    /// <summary>One memory.</summary>
    /// <param name="memoryIndex">A number that was added.</param>
    public MemoryBacking this[int memoryIndex] =>
        _memories[memoryIndex] ?? throw new ArgumentOutOfRangeException(
            nameof(memoryIndex), memoryIndex, "No memory has this number.");

    /// <summary>Copies bytes out of a frame and, if the range is longer, the frames behind it.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="offsetBytes">Offset into it.</param>
    /// <param name="into">Receives the bytes.</param>
    public void Read(FrameIndex frame, ulong offsetBytes, Span<byte> into) =>
        this[frame.MemoryIndex].Read(Pages.Bytes(frame.PageIndex) + offsetBytes, into);

    /// <summary>Copies bytes into a frame and, if the range is longer, the frames behind it.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="offsetBytes">Offset into it.</param>
    /// <param name="from">The bytes.</param>
    public void Write(FrameIndex frame, ulong offsetBytes, ReadOnlySpan<byte> from) =>
        this[frame.MemoryIndex].Write(Pages.Bytes(frame.PageIndex) + offsetBytes, from);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MemoryBacking? memory in _memories)
        {
            memory?.Dispose();
        }
    }
}
