using System;

namespace GpuMm.Objects;

/// <summary>The swap port: where pages of system RAM go when there are too many. Called under a reservation.</summary>
/// <remarks>Must be safe for concurrent use. Source: ttm_backup, for handles per page.</remarks>
public abstract class SwapStore : IDisposable
{
    /// <summary>Pages kept now.</summary>
    public abstract long PageCount { get; }

    /// <summary>Pages that it takes at most.</summary>
    public virtual long LimitPages => long.MaxValue;

    /// <summary>Writes a page.</summary>
    /// <param name="page">Its stored bytes; as many each time.</param>
    /// <param name="handle">Its name in the store; never 0.</param>
    /// <returns><see cref="MmStatus.Ok"/>; <see cref="MmStatus.NoSpace"/> when the store is full.</returns>
    public abstract MmStatus TryWrite(ReadOnlySpan<byte> page, out ulong handle);

    /// <summary>Reads a page back; it stays in the store.</summary>
    /// <param name="handle">What <see cref="TryWrite"/> gave.</param>
    /// <param name="page">Receives the bytes.</param>
    /// <returns><see cref="MmStatus.Ok"/>, or <see cref="MmStatus.BusError"/> when the bytes are lost.</returns>
    public abstract MmStatus TryRead(ulong handle, Span<byte> page);

    /// <summary>Forgets a page.</summary>
    /// <param name="handle">What <see cref="TryWrite"/> gave.</param>
    public abstract void Free(ulong handle);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the store holds.</summary>
    /// <param name="disposing">False when called by the finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
