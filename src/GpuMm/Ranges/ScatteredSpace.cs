using System;
using System.Numerics;

namespace GpuMm.Ranges;

/// <summary>
/// A space whose pieces need not lie together, because a table leads to each page: only how much is free counts, and it has no
/// holes. Constant time; no memory beside three numbers.
/// </summary>
/// <remarks>
/// A piece gets one range of addresses that nobody had before and nobody has again: they tell pieces apart, may lie beyond
/// <see cref="SizeBytes"/> and name no bytes. Windows are <see cref="MmStatus.InvalidArgument"/>, the other wishes are ignored.
/// Addresses end at <see cref="AddressBytes"/>; when so much was given out in all, it answers <see cref="MmStatus.NoSpace"/>. A
/// double release is noticed only when more comes back than was given out.
/// </remarks>
public sealed class ScatteredSpace : ISpaceAllocator
{
    /// <summary>First address that is not given out: half of what a frame's number has room for.</summary>
    public const ulong AddressBytes = 1ul << 59; // 47 bits of page, 12 of offset

    private ulong _nextAddress;

    /// <summary>An empty space.</summary>
    /// <param name="sizeBytes">Its size, bytes; at least 1.</param>
    public ScatteredSpace(ulong sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sizeBytes);
        SizeBytes = sizeBytes;
        FreeBytes = sizeBytes;
    }

    /// <inheritdoc/>
    public ulong SizeBytes { get; }

    /// <inheritdoc/>
    public ulong FreeBytes { get; private set; }

    /// <inheritdoc/>
    public ulong LargestFreeBytes => FreeBytes;

    /// <inheritdoc/>
    public int LiveCount { get; private set; }

    /// <inheritdoc/>
    public MmStatus TryAllocate(in SpaceRequest request, ref RangeList ranges)
    {
        bool isWindow = request.StartBytes != 0 || (request.EndBytes != 0 && request.EndBytes != SizeBytes);
        if (request.SizeBytes == 0 || request.SizeBytes > SizeBytes || isWindow)
        {
            return MmStatus.InvalidArgument;
        }

        ulong alignmentBytes = Math.Max(1, request.AlignmentBytes);
        ulong padBytes = BitOperations.IsPow2(alignmentBytes)
            ? unchecked(0 - _nextAddress) & (alignmentBytes - 1)
            : (alignmentBytes - (_nextAddress % alignmentBytes)) % alignmentBytes;
        ulong leftBytes = AddressBytes - _nextAddress;
        if (request.SizeBytes > FreeBytes || padBytes > leftBytes || request.SizeBytes > leftBytes - padBytes)
        {
            return MmStatus.NoSpace;
        }

        ranges.Add(new SpaceRange(new ByteRange(_nextAddress + padBytes, request.SizeBytes), 0));
        _nextAddress += padBytes + request.SizeBytes;
        FreeBytes -= request.SizeBytes;
        LiveCount++;
        return MmStatus.Ok;
    }

    /// <inheritdoc/>
    public void Release(ref RangeList ranges, SpaceFlags flags = SpaceFlags.None)
    {
        ulong sizeBytes = ranges.SizeBytes;
        if (sizeBytes > SizeBytes - FreeBytes || ranges.Count > LiveCount)
        {
            throw new InvalidOperationException("More is given back than was given out.");
        }

        FreeBytes += sizeBytes;
        LiveCount -= ranges.Count;
        ranges.Clear();
    }

    /// <inheritdoc/>
    public string? Validate() =>
        FreeBytes > SizeBytes ? $"{FreeBytes} of {SizeBytes} bytes are free."
        : (LiveCount == 0) != (FreeBytes == SizeBytes) ? $"{LiveCount} pieces are said to hold {SizeBytes - FreeBytes} bytes."
        : null;
}
