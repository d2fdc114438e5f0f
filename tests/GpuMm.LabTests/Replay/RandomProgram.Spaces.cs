using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.LabTests.Replay;

/// <content>What its CPU does.</content>
internal sealed partial class RandomProgram
{
    private void Map()
    {
        if (Any(_objects) is not { Window.PageCount: > 0 } target)
        {
            return;
        }

        AddressSpace space = _spaces[(int)Roll((ulong)_spaces.Count)];
        ulong? address = Roll(5) == 0 ? (1 + Roll(64)) << 24 : null;
        try
        {
            _areas.Add(target.Map(space, (VmProtection)(1 + Roll(3)), address));
        }
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentException)
        {
            // The address is taken, or the object is no whole number of base pages.
        }
    }

    private (AddressSpace Space, ulong Address, ulong SizeBytes) DrawRange()
    {
        if (Any(_areas) is not { } area || Roll(10) == 0)
        {
            return (_spaces[0], Roll(1 << 20) << 12, Pages.SizeBytes);
        }

        ulong basePage = area.Space.BasePageBytes;
        ulong pages = Math.Max(1, area.SizeBytes / basePage);
        ulong first = Roll(pages);
        return (area.Space, area.StartAddress + (first * basePage), (1 + Roll(pages - first)) * basePage);
    }

    private void Touch()
    {
        (AddressSpace space, ulong address, ulong size) = DrawRange();
        ulong offset = Roll(Math.Min(size, 5000));
        byte[] bytes = new byte[1 + Roll(Math.Min(size - offset + 10, 20_000))];
        WaitInterrupt interrupt = new();
        if (Roll(10) == 0)
        {
            interrupt.Interrupt();
        }

        switch (Roll(5))
        {
            case 0:
                space.Read(address + offset, bytes, interrupt);
                break;
            case 1:
                space.TryFault(address + offset, (AccessKind)Roll(2));
                break;
            default:
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = unchecked((byte)_random.Next());
                }

                space.Write(address + offset, bytes, interrupt);
                break;
        }
    }

    private void ChangeArea()
    {
        (AddressSpace space, ulong address, ulong size) = DrawRange();
        switch (Roll(6))
        {
            case 0 when Any(_areas) is { } area:
                _areas.Remove(area);
                if (area.IsMapped)
                {
                    area.Space.Unmap(area);
                }

                break;
            case 1:
                space.Unmap(address, size);
                break;
            case 2 or 3:
                space.Protect(address, size, (VmProtection)Roll(4));
                break;
            case 4:
                if (Any(_areas) is { IsMapped: true, PrivateData: BufferObject shown } other)
                {
                    ulong perPage = other.Space.BasePageBytes / Pages.SizeBytes;
                    ulong page = shown.Window.FirstPage + Roll(shown.Window.PageCount);
                    other.Space.RemapFilePages(address, size, page - (page % perPage));
                }

                break;
            default:
                space.CountUsedPages(address, size, isClearing: Roll(2) == 0, out _);
                break;
        }

        _areas.RemoveAll(static each => !each.IsMapped);
    }

    private void Debug()
    {
        (AddressSpace space, ulong address, ulong size) = DrawRange();
        byte[] bytes = new byte[1 + Roll(Math.Min(size, 9000))];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = unchecked((byte)_random.Next());
        }

        space.AccessRemote(address, bytes, (AccessKind)Roll(2));
    }
}
