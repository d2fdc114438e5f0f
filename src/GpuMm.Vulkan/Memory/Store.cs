using Silk.NET.Vulkan;
using VkBuffer = Silk.NET.Vulkan.Buffer;

namespace GpuMm.Vulkan.Memory;

/// <summary>Real memory that holds the bytes of an object: an image or a buffer, bound to a piece of its domain's pool.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Buffer">The buffer; null when it is an image.</param>
/// <param name="Image">The image, one page a row; null when it is a buffer.</param>
/// <param name="Piece">The memory behind it.</param>
/// <param name="PageCount">Pages that it holds.</param>
internal readonly record struct Store(MemoryDomain Domain, VkBuffer Buffer, Image Image, MemoryPiece Piece, uint PageCount)
{
    /// <summary>False for <c>default</c>: no memory.</summary>
    public bool Exists => PageCount != 0;

    public bool IsImage => Image.Handle != 0;

    public ulong SizeBytes => (ulong)PageCount << 12;

    /// <summary>Where the CPU sees the first byte; null when it does not.</summary>
    public unsafe byte* Address => Piece.Block is { Address: not null } block ? block.Address + Piece.Range.StartBytes : null;
}
