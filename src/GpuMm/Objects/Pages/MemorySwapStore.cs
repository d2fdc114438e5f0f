using System;
using System.Collections.Generic;

namespace GpuMm.Objects;

/// <summary>A swap store in managed memory: for tests, and for simulations that only count.</summary>
/// <param name="limitPages">Pages it holds at most.</param>
public sealed class MemorySwapStore(long limitPages = long.MaxValue) : SwapStore
{
    private readonly Dictionary<ulong, byte[]> _pages = []; // Lock: itself
    private ulong _lastHandle; // Lock: _pages

    /// <inheritdoc/>
    public override long PageCount
    {
        get
        {
            lock (_pages)
            {
                return _pages.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override long LimitPages => limitPages;

    /// <inheritdoc/>
    public override MmStatus TryWrite(ReadOnlySpan<byte> page, out ulong handle)
    {
        lock (_pages)
        {
            handle = 0;
            if (_pages.Count >= limitPages)
            {
                return MmStatus.NoSpace;
            }

            handle = ++_lastHandle;
            _pages.Add(handle, page.ToArray());
            return MmStatus.Ok;
        }
    }

    /// <inheritdoc/>
    public override MmStatus TryRead(ulong handle, Span<byte> page)
    {
        lock (_pages)
        {
            if (!_pages.TryGetValue(handle, out byte[]? kept))
            {
                return MmStatus.BusError;
            }

            kept.CopyTo(page);
            return MmStatus.Ok;
        }
    }

    /// <inheritdoc/>
    public override void Free(ulong handle)
    {
        lock (_pages)
        {
            _pages.Remove(handle);
        }
    }
}
