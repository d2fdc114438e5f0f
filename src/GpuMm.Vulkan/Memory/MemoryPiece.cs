using GpuMm.Ranges;

namespace GpuMm.Vulkan.Memory;

/// <summary>A piece of a block.</summary>
/// <param name="Block">The block; null for no piece.</param>
/// <param name="Range">The bytes of it.</param>
/// <param name="Handle">The allocator's name for the range.</param>
internal readonly record struct MemoryPiece(MemoryBlock? Block, ByteRange Range, ulong Handle);
