using System;
using System.Threading;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>The table of the aperture: which page of system RAM the GPU finds behind each of its pages.</summary>
/// <remarks>Entries of a resource are written under its object's reservation. Source: amdgpu_gart, for bind and unbind.</remarks>
public sealed class GartTable
{
    private readonly ulong[] _entries; // Page + 1; 0 = nothing there.
    private long _boundPages;
    private long _unboundPages;

    internal GartTable(ulong sizeBytes)
    {
        _entries = new ulong[Pages.Count(sizeBytes)];
    }

    /// <summary>Pages of the aperture.</summary>
    public ulong PageCount => (ulong)_entries.LongLength;

    /// <summary>Entries written since the start.</summary>
    public long BoundPages => Volatile.Read(ref _boundPages);

    /// <summary>Entries cleared since the start.</summary>
    public long UnboundPages => Volatile.Read(ref _unboundPages);

    /// <summary>The system page behind a page of the aperture.</summary>
    /// <param name="aperturePage">Page of the aperture.</param>
    /// <param name="systemPage">The page; 0 when nothing is bound.</param>
    /// <returns>False when nothing is bound: the GPU would fault.</returns>
    public bool TryTranslate(ulong aperturePage, out ulong systemPage)
    {
        ulong entry = Volatile.Read(ref _entries[aperturePage]);
        systemPage = entry == 0 ? 0 : entry - 1;
        return entry != 0;
    }

    // Lock: the object's reservation.
    internal void Bind(Resource resource, TranslationTable pages)
    {
        ulong page = 0;
        for (int i = 0; i < resource.RangeCount; i++)
        {
            ByteRange range = resource.RangeAt(i);
            for (ulong entry = range.StartBytes >> Pages.Shift; entry < range.EndBytes >> Pages.Shift; entry++, page++)
            {
                _entries[entry] = pages.PageAt(page, out _) + 1;
            }
        }

        resource.IsBound = true;
        Interlocked.Add(ref _boundPages, (long)page);
    }

    // Lock: the object's reservation, or none when the resource has no owner any more.
    internal void Unbind(Resource resource)
    {
        if (!resource.IsBound)
        {
            return;
        }

        for (int i = 0; i < resource.RangeCount; i++)
        {
            ByteRange range = resource.RangeAt(i);
            Array.Clear(_entries, (int)(range.StartBytes >> Pages.Shift), (int)(range.SizeBytes >> Pages.Shift));
            Interlocked.Add(ref _unboundPages, (long)(range.SizeBytes >> Pages.Shift));
        }

        resource.IsBound = false;
    }
}
