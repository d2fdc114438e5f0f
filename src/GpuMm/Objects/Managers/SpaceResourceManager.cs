using System;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>A domain whose space an allocator gives out: VRAM, the aperture, a driver's own memory.</summary>
public sealed class SpaceResourceManager : ResourceManager
{
    private readonly ISpaceAllocator _allocator;

    /// <summary>A manager over an allocator.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="allocator">Gives out its space; used under the manager's lock only.</param>
    /// <param name="usesPages">True when the bytes are system pages that the space merely makes visible.</param>
    public SpaceResourceManager(MemoryDomain domain, ISpaceAllocator allocator, bool usesPages)
        : base(domain, (allocator ?? throw new ArgumentNullException(nameof(allocator))).SizeBytes, usesPages)
    {
        _allocator = allocator;
    }

    private protected override bool MayKeepRanges => true;

    /// <inheritdoc/>
    protected override ulong? LargestFreeBytes => _allocator.LargestFreeBytes;

    /// <inheritdoc/>
    protected override MmStatus TryAllocateSpace(in SpaceRequest request, ref RangeList ranges) =>
        _allocator.TryAllocate(request, ref ranges);

    /// <inheritdoc/>
    protected override void ReleaseSpace(ref RangeList ranges) => _allocator.Release(ref ranges);

    /// <inheritdoc/>
    protected override string? ValidateSpace() => _allocator.Validate();
}
