using System;
using System.Collections.Generic;
using System.Numerics;
using GpuMm.Ranges;
using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Memory;

/// <summary>
/// The real memory of one domain: large blocks of the memory type that stands for it, given out in pieces by a range
/// allocator. A block that became empty goes back to the device; one is kept, so that a full card does not thrash.
/// </summary>
/// <remarks>One thread. Cost: O(blocks) to find room, no managed allocation unless a block is taken.</remarks>
internal sealed unsafe class DomainPool : IDisposable
{
    /// <summary>What a block holds unless a single piece needs more.</summary>
    public const ulong UsualBlockBytes = 64ul << 20;

    // Pieces start on pages: that keeps buffers and images apart on every device whose granularity is at most a page.
    private const ulong PieceBytes = 4096;

    private readonly VulkanDevice _device;
    private readonly int _typeIndex;
    private readonly bool _isMapped;
    private readonly float _priority;
    private readonly ulong _blockBytes;
    private readonly List<MemoryBlock> _blocks = [];
    private RangeList _scratch;

    public DomainPool(VulkanDevice device, MemoryDomain domain, ulong blockBytes = UsualBlockBytes)
    {
        _device = device;
        Domain = domain;
        _blockBytes = blockBytes;
        _typeIndex = device.Domains[domain].TypeIndex;
        _isMapped = domain != MemoryDomain.Vram;

        // What the renderer needs most stays when the system runs short.
        _priority = domain switch { MemoryDomain.Vram => 1, MemoryDomain.Gtt => 0.5f, _ => 0 };
    }

    public MemoryDomain Domain { get; }

    /// <summary>Bytes given out.</summary>
    public ulong UsedBytes { get; private set; }

    /// <summary>Bytes taken from the device.</summary>
    public ulong HeldBytes { get; private set; }

    /// <summary>Most bytes ever taken from the device at a time.</summary>
    public ulong PeakHeldBytes { get; private set; }

    public int BlockCount => _blocks.Count;

    /// <summary>Takes a piece of the blocks that there are.</summary>
    /// <param name="needs">What the buffer or image needs.</param>
    /// <param name="piece">The piece.</param>
    /// <returns>False when none of them has room.</returns>
    public bool TryTake(in MemoryRequirements needs, out MemoryPiece piece)
    {
        SpaceRequest request = RequestOf(needs);
        foreach (MemoryBlock block in _blocks)
        {
            if (TryTake(block, request, out piece))
            {
                return true;
            }
        }

        piece = default;
        return false;
    }

    /// <summary>Takes a piece, from another block of the device's memory if need be.</summary>
    /// <param name="needs">What the buffer or image needs.</param>
    /// <exception cref="VulkanException">The device has no more memory.</exception>
    public MemoryPiece Take(in MemoryRequirements needs)
    {
        if (TryTake(needs, out MemoryPiece piece))
        {
            return piece;
        }

        SpaceRequest request = RequestOf(needs);
        MemoryBlock added = AddBlock(Math.Max(_blockBytes, RoundUp(request.SizeBytes, BitOperations.RoundUpToPowerOf2(request.AlignmentBytes))));
        return TryTake(added, request, out MemoryPiece first)
            ? first
            : throw new InvalidOperationException($"An empty block of {added.SizeBytes} bytes has no room for {request.SizeBytes}.");
    }

    /// <summary>Blocks that nothing lies in.</summary>
    public int EmptyCount { get; private set; }

    /// <summary>Gives a piece back; its block too when it is empty and another empty one is kept.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="keepsBlock">The device may still use the memory: its block stays until <see cref="Trim"/>.</param>
    public void Release(in MemoryPiece piece, bool keepsBlock = false)
    {
        MemoryBlock block = piece.Block!;
        _scratch.Clear();
        _scratch.Add(new SpaceRange(piece.Range, piece.Handle));
        block.Space.Release(ref _scratch);
        UsedBytes -= piece.Range.SizeBytes;
        if (block.Space.LiveCount == 0)
        {
            EmptyCount++;
            if (EmptyCount > 1 && !keepsBlock)
            {
                FreeBlock(block);
            }
        }
    }

    /// <summary>Gives empty blocks back. The device must be done with what lay in them.</summary>
    /// <param name="keep">How many to keep.</param>
    public void Trim(int keep = 0)
    {
        for (int i = _blocks.Count - 1; i >= 0 && EmptyCount > keep; i--)
        {
            if (_blocks[i].Space.LiveCount == 0)
            {
                FreeBlock(_blocks[i]);
            }
        }
    }

    /// <summary>Checks the allocators; null when all is well.</summary>
    public string? Validate()
    {
        ulong used = 0;
        foreach (MemoryBlock block in _blocks)
        {
            if (block.Space.Validate() is { } problem)
            {
                return $"{Domain}: {problem}";
            }

            used += block.SizeBytes - block.Space.FreeBytes;
        }

        return used == UsedBytes ? null : $"{Domain}: {UsedBytes} bytes are counted, {used} are given out.";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _blocks.Count - 1; i >= 0; i--)
        {
            FreeBlock(_blocks[i]);
        }
    }

    private static SpaceRequest RequestOf(in MemoryRequirements needs) =>
        new(RoundUp(needs.Size, PieceBytes), Math.Max(needs.Alignment, PieceBytes));

    private static ulong RoundUp(ulong value, ulong step) => (value + step - 1) / step * step;

    private bool TryTake(MemoryBlock block, in SpaceRequest request, out MemoryPiece piece)
    {
        piece = default;
        if (block.Space.FreeBytes < request.SizeBytes)
        {
            return false;
        }

        _scratch.Clear();
        bool wasEmpty = block.Space.LiveCount == 0;
        if (block.Space.TryAllocate(request, ref _scratch) != MmStatus.Ok)
        {
            return false;
        }

        EmptyCount -= wasEmpty ? 1 : 0;

        piece = new MemoryPiece(block, _scratch[0].Range, _scratch[0].Handle);
        UsedBytes += piece.Range.SizeBytes;
        return true;
    }

    private MemoryBlock AddBlock(ulong sizeBytes)
    {
        DeviceMemory memory = _device.AllocateMemory(_typeIndex, sizeBytes, _priority);
        MemoryBlock block = new(memory, sizeBytes, _isMapped ? _device.Map(memory) : null);
        _blocks.Add(block);
        EmptyCount++;
        HeldBytes += sizeBytes;
        PeakHeldBytes = Math.Max(PeakHeldBytes, HeldBytes);
        return block;
    }

    private void FreeBlock(MemoryBlock block)
    {
        _blocks.Remove(block);
        EmptyCount -= block.Space.LiveCount == 0 ? 1 : 0;
        _device.FreeMemory(block.Memory, block.SizeBytes);
        HeldBytes -= block.SizeBytes;
    }
}
