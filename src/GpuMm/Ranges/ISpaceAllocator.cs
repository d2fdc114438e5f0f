namespace GpuMm.Ranges;

/// <summary>
/// The seam behind a resource manager: something that gives out pieces of one linear space. The range, buddy and bin
/// allocators each have an adapter to it, and <see cref="ScatteredSpace"/> is one, so that a domain's allocator is a matter of configuration.
/// </summary>
/// <remarks>Implementations hold no lock: the caller serialises. No operation allocates managed memory, growth aside.</remarks>
public interface ISpaceAllocator
{
    /// <summary>Size of the whole space, bytes.</summary>
    ulong SizeBytes { get; }

    /// <summary>Bytes not given out.</summary>
    ulong FreeBytes { get; }

    /// <summary>Size of the largest run that is not given out, bytes. Cost: may be O(holes).</summary>
    ulong LargestFreeBytes { get; }

    /// <summary>Number of ranges given out and not yet released.</summary>
    int LiveCount { get; }

    /// <summary>Takes space.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="ranges">Receives the ranges; must be empty, and stays empty on failure.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.NoSpace"/> when nothing fits now;
    /// <see cref="MmStatus.InvalidArgument"/> when it never could (size 0, an empty window, larger than the space).
    /// </returns>
    MmStatus TryAllocate(in SpaceRequest request, ref RangeList ranges);

    /// <summary>Gives space back and clears the list.</summary>
    /// <param name="ranges">What <see cref="TryAllocate"/> filled in.</param>
    /// <param name="flags"><see cref="SpaceFlags.Cleared"/> when the bytes are known to be zero.</param>
    /// <exception cref="System.InvalidOperationException">A range is not one of this allocator's, or no longer.</exception>
    void Release(ref RangeList ranges, SpaceFlags flags = SpaceFlags.None);

    /// <summary>Checks every invariant.</summary>
    /// <returns>Null when all hold, otherwise a sentence that names the first that does not. Cost: O(ranges).</returns>
    string? Validate();
}
