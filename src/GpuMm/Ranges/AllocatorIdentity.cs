using System.Threading;

namespace GpuMm.Ranges;

/// <summary>
/// Gives each allocator its own first generation, so that a handle of one does not pass for a handle of another.
/// </summary>
internal static class AllocatorIdentity
{
    private static uint s_created;

    /// <summary>An even number that differs between allocators by more than any slot's generation will count.</summary>
    internal static uint NextGenerationSalt()
    {
        // Fibonacci hashing: successive multiples of 2^32 / phi lie far apart.
        return unchecked(Interlocked.Increment(ref s_created) * 0x9E3779B9u) & ~1u;
    }
}
