using System;
using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <summary>One mapping: a run of addresses that shows pages of a device file.</summary>
/// <remarks>
/// Lock: what it shows changes under the address space, exclusive, and the mapping's lock; so either of the two keeps it
/// as it is.
/// </remarks>
public sealed class VmArea
{
    internal VmArea(AddressSpace space, AddressMapping mapping, IVmOperations operations, in VmAreaDescription description)
    {
        Space = space;
        Mapping = mapping;
        Operations = operations;
        Window = description.Window;
        MappedWindow = description.Window;
        Protection = description.Protection;
        PrivateData = description.PrivateData;
        Caching = description.Caching;
        IsPrivate = description.IsPrivate;
    }

    /// <summary>The address space it is part of.</summary>
    public AddressSpace Space { get; }

    /// <summary>First address; a multiple of the page.</summary>
    public ulong StartAddress { get; internal set; }

    /// <summary>Size, bytes.</summary>
    public ulong SizeBytes => Pages.Bytes(Window.PageCount);

    /// <summary>First address behind it.</summary>
    public ulong EndAddress => StartAddress + SizeBytes;

    /// <summary>The file pages shown, unless <see cref="IsNonLinear"/>: then as many, in an order of their own.</summary>
    public PageWindow Window { get; private set; }

    /// <summary>A window that encloses every file page shown.</summary>
    public PageWindow MappedWindow { get; private set; }

    /// <summary>True when file pages were remapped inside it.</summary>
    public bool IsNonLinear => FilePages is not null;

    /// <summary>What is allowed.</summary>
    public VmProtection Protection { get; internal set; }

    /// <summary>How the CPU's caches treat it; null leaves it to the handler.</summary>
    public Caching? Caching { get; }

    /// <summary>True for a mapping that would copy on write; such a one is read-only here.</summary>
    public bool IsPrivate { get; }

    /// <summary>What <see cref="IVmOperations"/> needs to know about this area.</summary>
    public object? PrivateData { get; }

    /// <summary>False once it was unmapped.</summary>
    public bool IsMapped { get; internal set; }

    internal AddressMapping Mapping { get; }

    internal IVmOperations Operations { get; }

    internal int TreeSlot { get; set; } = -1; // Lock: the mapping

    /// <summary>The file page of each page, or null while they follow each other.</summary>
    internal ulong[]? FilePages { get; private set; }

    /// <summary>The address that shows a file page.</summary>
    /// <param name="filePage">A page inside <see cref="Window"/>.</param>
    /// <exception cref="InvalidOperationException">The area is non-linear: a page may show anywhere, or not at all.</exception>
    public ulong AddressOf(ulong filePage) => FilePages is null
        ? StartAddress + Pages.Bytes(filePage - Window.FirstPage)
        : throw new InvalidOperationException("A non-linear area has no one address for a file page.");

    /// <summary>The file page that an address shows.</summary>
    /// <param name="address">An address inside the area.</param>
    public ulong FilePageAt(ulong address)
    {
        ulong index = (address - StartAddress) >> Pages.Shift;
        return FilePages is null ? Window.FirstPage + index : FilePages[index];
    }

    /// <summary>Sets what is shown. Lock: the mapping, and the address space, exclusive.</summary>
    internal void SetWindow(PageWindow window, ulong[]? filePages)
    {
        Window = window;
        FilePages = filePages;
        MappedWindow = window;
        if (filePages is not null)
        {
            ulong first = ulong.MaxValue;
            ulong last = 0;
            foreach (ulong page in filePages)
            {
                first = Math.Min(first, page);
                last = Math.Max(last, page);
            }

            MappedWindow = new PageWindow(first, last - first + 1);
        }
    }
}
