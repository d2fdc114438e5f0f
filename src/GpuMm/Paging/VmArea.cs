using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <summary>One mapping: a run of addresses that shows a window of a device file.</summary>
public sealed class VmArea
{
    internal VmArea(AddressSpace space, AddressMapping mapping, IVmOperations operations, in VmAreaDescription description)
    {
        Space = space;
        Mapping = mapping;
        Operations = operations;
        Window = description.Window;
        Protection = description.Protection;
        PrivateData = description.PrivateData;
    }

    /// <summary>The address space it is part of.</summary>
    public AddressSpace Space { get; }

    /// <summary>First address; a multiple of the page.</summary>
    public ulong StartAddress { get; internal set; }

    /// <summary>Size, bytes.</summary>
    public ulong SizeBytes => Pages.Bytes(Window.PageCount);

    /// <summary>The file pages shown.</summary>
    public PageWindow Window { get; }

    /// <summary>What is allowed.</summary>
    public VmProtection Protection { get; }

    /// <summary>What <see cref="IVmOperations"/> needs to know about this area.</summary>
    public object? PrivateData { get; }

    /// <summary>False once it was unmapped.</summary>
    public bool IsMapped { get; internal set; }

    internal AddressMapping Mapping { get; }

    internal IVmOperations Operations { get; }

    internal ulong AddressHandle { get; set; }

    /// <summary>The address that shows a file page.</summary>
    /// <param name="filePage">A page inside <see cref="Window"/>.</param>
    public ulong AddressOf(ulong filePage) => StartAddress + Pages.Bytes(filePage - Window.FirstPage);
}
