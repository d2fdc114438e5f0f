using System;
using GpuMm.Primitives;

namespace GpuMm.Backing;

/// <summary>Where the bytes of one memory really are.</summary>
/// <remarks>Holds no lock: whoever may touch an address at a time is decided above (reservations, page-table locks).</remarks>
public abstract class MemoryBacking : IDisposable
{
    private protected MemoryBacking(ulong sizeBytes)
    {
        if (sizeBytes == 0 || sizeBytes % Pages.SizeBytes != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(sizeBytes), sizeBytes, "A memory is a whole number of pages, at least one.");
        }

        SizeBytes = sizeBytes;
    }

    /// <summary>Size of the memory, bytes; a multiple of the page.</summary>
    public ulong SizeBytes { get; }

    /// <summary>Bytes kept at the start of each page: 4096, 8 or 0. The rest reads as zero; writes to it are dropped.</summary>
    public abstract int StoredBytesPerPage { get; }

    /// <summary>Makes a backing.</summary>
    /// <param name="kind">How much is kept.</param>
    /// <param name="sizeBytes">Size, a multiple of the page.</param>
    public static MemoryBacking Create(BackingKind kind, ulong sizeBytes) => kind switch
    {
        BackingKind.None => new NullBacking(sizeBytes),
        BackingKind.PageHeads => new PageHeadBacking(sizeBytes),
        BackingKind.Bytes => new NativeBacking(sizeBytes),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of backing."),
    };

    /// <summary>Copies bytes out.</summary>
    /// <param name="addressBytes">First byte.</param>
    /// <param name="into">Receives them.</param>
    public abstract void Read(ulong addressBytes, Span<byte> into);

    /// <summary>Copies bytes in.</summary>
    /// <param name="addressBytes">First byte.</param>
    /// <param name="from">The bytes.</param>
    public abstract void Write(ulong addressBytes, ReadOnlySpan<byte> from);

    /// <summary>Sets whole pages to zero.</summary>
    /// <param name="addressBytes">First byte, page-aligned.</param>
    /// <param name="sizeBytes">A multiple of the page.</param>
    public abstract void Clear(ulong addressBytes, ulong sizeBytes);

    /// <summary>Copies whole pages to a memory of the same kind.</summary>
    /// <param name="addressBytes">First byte, page-aligned.</param>
    /// <param name="destination">The other memory, or this one; the ranges may overlap.</param>
    /// <param name="destinationBytes">First byte there, page-aligned.</param>
    /// <param name="sizeBytes">A multiple of the page.</param>
    /// <exception cref="ArgumentException">The other memory keeps another number of bytes per page.</exception>
    public abstract void CopyTo(ulong addressBytes, MemoryBacking destination, ulong destinationBytes, ulong sizeBytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    private protected void CheckRange(ulong addressBytes, ulong sizeBytes)
    {
        if (addressBytes > SizeBytes || sizeBytes > SizeBytes - addressBytes)
        {
            ThrowRange(addressBytes, sizeBytes);
        }
    }

    private protected T Same<T>(MemoryBacking other)
        where T : MemoryBacking =>
        other as T ?? throw new ArgumentException(
            $"Pages cannot be copied from a {GetType().Name} to a {other.GetType().Name}.", nameof(other));

    /// <summary>Frees what the backing holds.</summary>
    /// <param name="disposing">False when called by the finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    private void ThrowRange(ulong addressBytes, ulong sizeBytes) => throw new ArgumentOutOfRangeException(
        nameof(addressBytes), $"0x{addressBytes:x} + 0x{sizeBytes:x} lies outside a memory of 0x{SizeBytes:x} bytes.");
}
