using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace GpuMm.Objects;

/// <summary>A swap store in a file of the host; slots of freed pages are used again.</summary>
/// <remarks>The file is deleted with the store. Lock: one of its own, not held while the file is read or written.</remarks>
public sealed class FileSwapStore : SwapStore
{
    private readonly Stack<ulong> _free = new(); // Lock: itself
    private readonly SafeFileHandle _file;
    private readonly long _limitPages;
    private ulong _slots; // Lock: _free; handle = slot + 1

    /// <summary>Makes the file.</summary>
    /// <param name="path">Where; must not exist.</param>
    /// <param name="limitPages">Pages it holds at most.</param>
    public FileSwapStore(string path, long limitPages = long.MaxValue)
    {
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        _limitPages = limitPages;
    }

    /// <inheritdoc/>
    public override long PageCount
    {
        get
        {
            lock (_free)
            {
                return (long)_slots - _free.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override long LimitPages => _limitPages;

    /// <inheritdoc/>
    public override MmStatus TryWrite(ReadOnlySpan<byte> page, out ulong handle)
    {
        lock (_free)
        {
            handle = 0;
            if ((long)_slots - _free.Count >= _limitPages)
            {
                return MmStatus.NoSpace;
            }

            handle = _free.TryPop(out ulong reused) ? reused : ++_slots;
        }

        try
        {
            RandomAccess.Write(_file, page, (long)(handle - 1) * 4096);
            return MmStatus.Ok;
        }
        catch (IOException)
        {
            // The disk is full or gone: the page stays where it is.
            Free(handle);
            handle = 0;
            return MmStatus.NoSpace;
        }
    }

    /// <inheritdoc/>
    public override MmStatus TryRead(ulong handle, Span<byte> page)
    {
        try
        {
            int read = 0;
            while (read < page.Length)
            {
                int count = RandomAccess.Read(_file, page[read..], ((long)(handle - 1) * 4096) + read);
                if (count == 0)
                {
                    return MmStatus.BusError;
                }

                read += count;
            }

            return MmStatus.Ok;
        }
        catch (IOException)
        {
            return MmStatus.BusError;
        }
    }

    /// <inheritdoc/>
    public override void Free(ulong handle)
    {
        lock (_free)
        {
            _free.Push(handle);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}
