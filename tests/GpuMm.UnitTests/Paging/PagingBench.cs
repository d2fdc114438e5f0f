using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;

namespace GpuMm.UnitTests.Paging;

/// <summary>One memory of some pages, one device file and one address space.</summary>
internal sealed class PagingBench : IDisposable
{
    public PagingBench(ulong pages = 256, AddressSpaceOptions? options = null, BackingKind kind = BackingKind.Bytes)
    {
        Memory.Add(0, MemoryBacking.Create(kind, pages * 4096));
        Space = new AddressSpace(Memory, null, options);
        Identity = ScriptedOperations.Identity(Held);
    }

    public PhysicalMemory Memory { get; } = new();

    public AddressMapping Mapping { get; } = new();

    public AddressSpace Space { get; }

    public Reservation Held { get; } = new();

    public ScriptedOperations Identity { get; }

    public VmArea Map(ulong firstPage, ulong pageCount, ulong? at = null, VmProtection protection = VmProtection.ReadWrite) =>
        Space.Map(Mapping, Identity, new VmAreaDescription(new PageWindow(firstPage, pageCount), protection) { FixedAddress = at });

    public VmArea Map(ScriptedOperations operations, ulong pageCount = 16) =>
        Space.Map(Mapping, operations, new VmAreaDescription(new PageWindow(0, pageCount), VmProtection.ReadWrite));

    /// <summary>Writes the number of each page at its start.</summary>
    public void NumberPages(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Memory.Write(new FrameIndex(0, (ulong)i), 0, [(byte)i]);
        }
    }

    public byte Load(ulong address)
    {
        byte[] read = new byte[1];
        MmStatus status = Space.Read(address, read);
        return status == MmStatus.Ok ? read[0] : throw new InvalidOperationException($"Reading answered {status}.");
    }

    public void Dispose() => Memory.Dispose();
}
