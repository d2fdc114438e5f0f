using System;
using System.Diagnostics;
using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <content>Finding room; splitting, merging and removing areas. Lock: <c>_areasLock</c>, exclusive.</content>
public sealed partial class AddressSpace
{
    private MmStatus TryPlaceLocked(VmArea area, in VmAreaDescription description)
    {
        if (description.FixedAddress is not { } address)
        {
            return TryFindHoleLocked(area.SizeBytes, out ulong start) ? SetStart(area, start) : MmStatus.NoSpace;
        }

        int next = UpperBound(address);
        bool isTaken = !description.Replaces && (FindLocked(address) is not null || (next < _areaCount && _areas[next].StartAddress - address < area.SizeBytes));
        return isTaken ? MmStatus.Overlap : SetStart(area, address);
    }

    // Takes away what a new area replaces. When that throws, the owner of the new one is told that nothing came of it.
    private void MakeRoomLocked(VmArea area, in VmAreaDescription description)
    {
        if (description is not { FixedAddress: { } address, Replaces: true })
        {
            return;
        }

        bool isDone = false;
        try
        {
            UnmapLocked(address, area.SizeBytes);
            isDone = true;
        }
        finally
        {
            if (!isDone)
            {
                area.Operations.Close(area);
            }
        }
    }

    private static MmStatus SetStart(VmArea area, ulong start)
    {
        area.StartAddress = start;
        return MmStatus.Ok;
    }

    // First fit. Large areas start at a multiple of 1 GiB where entries of that size may be used.
    private bool TryFindHoleLocked(ulong sizeBytes, out ulong start)
    {
        ulong alignment = _usesHugePages && sizeBytes >= GiantBytes ? GiantBytes : LeafBytes;
        start = AlignUp(_lowestHole, alignment);
        bool isFirst = start == _lowestHole;
        for (int index = UpperBound(start) - 1; index < _areaCount; index++)
        {
            if (index < 0 || _areas[index].EndAddress <= start)
            {
                continue;
            }

            if (_areas[index].StartAddress >= start && _areas[index].StartAddress - start >= sizeBytes)
            {
                break;
            }

            isFirst &= _areas[index].StartAddress <= start;
            start = AlignUp(_areas[index].EndAddress, alignment);
        }

        if (start > EndOfSpace - sizeBytes)
        {
            return false;
        }

        if (isFirst)
        {
            _lowestHole = AlignUp(start + sizeBytes, LeafBytes);
        }

        return true;
    }

    private static ulong AlignUp(ulong address, ulong alignment) => (address + alignment - 1) & ~(alignment - 1);

    private void UnmapLocked(ulong address, ulong sizeBytes)
    {
        SplitLocked(address);
        SplitLocked(address + sizeBytes);
        int index = Math.Max(UpperBound(address) - 1, 0);
        if (index < _areaCount && _areas[index].StartAddress < address)
        {
            index++;
        }

        while (index < _areaCount && _areas[index].StartAddress < address + sizeBytes)
        {
            RemoveLocked(_areas[index]);
        }
    }

    private void RemoveLocked(VmArea area)
    {
        // Entries first: until the area leaves the mapping a move still finds it, and no fault can add one now.
        area.IsMapped = false;
        PageTable.Zap(PageOf(area.StartAddress), PageOf(area.SizeBytes));
        area.Mapping.Remove(area);
        RemoveFromListLocked(area);
        _lowestHole = Math.Max(LeafBytes, Math.Min(_lowestHole, area.StartAddress & ~(LeafBytes - 1)));
        area.Operations.Close(area);
    }

    // Makes an address the border of two areas, if it lies inside one.
    private void SplitLocked(ulong address)
    {
        VmArea? area = FindLocked(address);
        if (area is null || area.StartAddress == address)
        {
            return;
        }

        ulong headPages = (address - area.StartAddress) >> Pages.Shift;
        PageWindow window = area.Window;
        PageWindow tailWindow = new(window.FirstPage + headPages, window.PageCount - headPages);
        VmArea tail = new(this, area.Mapping, area.Operations, new VmAreaDescription(tailWindow, area.Protection, area.PrivateData)
        {
            Caching = area.Caching,
            IsPrivate = area.IsPrivate,
        })
        {
            StartAddress = address,
            IsMapped = true,
        };
        if (area.FilePages is { } filePages)
        {
            tail.SetWindow(tailWindow, filePages[(int)headPages..]);
        }

        // The owner first: one that throws leaves the area whole.
        ulong[]? headFilePages = area.FilePages?[..(int)headPages];
        GrowLocked(1);
        area.Operations.Open(tail);
        area.Mapping.Change(area, new PageWindow(window.FirstPage, headPages), headFilePages, added: tail, removed: null);
        InsertLocked(tail);
    }

    // Joins an area with its neighbours where they continue it in every respect; answers what is left.
    private VmArea MergeLocked(VmArea area)
    {
        int index = UpperBound(area.StartAddress) - 1;
        Debug.Assert(ReferenceEquals(_areas[index], area), "The area is where its address says.");
        if (index + 1 < _areaCount && Continues(area, _areas[index + 1]))
        {
            JoinLocked(area, _areas[index + 1]);
        }

        if (index > 0 && Continues(_areas[index - 1], area))
        {
            JoinLocked(_areas[index - 1], area);
            return _areas[index - 1];
        }

        return area;
    }

    private static bool Continues(VmArea head, VmArea tail) =>
        head.EndAddress == tail.StartAddress && head.Window.EndPage == tail.Window.FirstPage &&
        ReferenceEquals(head.Mapping, tail.Mapping) && ReferenceEquals(head.Operations, tail.Operations) &&
        ReferenceEquals(head.PrivateData, tail.PrivateData) && head.Protection == tail.Protection &&
        head.Caching == tail.Caching && head.IsPrivate == tail.IsPrivate && !head.IsNonLinear && !tail.IsNonLinear;

    private void JoinLocked(VmArea head, VmArea tail)
    {
        PageWindow window = new(head.Window.FirstPage, head.Window.PageCount + tail.Window.PageCount);
        tail.IsMapped = false;
        RemoveFromListLocked(tail);
        head.Mapping.Change(head, window, null, added: null, removed: tail);
        tail.Operations.Close(tail);
    }

    private void ProtectLocked(VmArea area, VmProtection protection)
    {
        area.Protection = protection;
        ulong first = PageOf(area.StartAddress);
        ulong count = PageOf(area.SizeBytes);
        if (protection == VmProtection.None)
        {
            PageTable.Zap(first, count);
        }
        else if ((protection & VmProtection.Write) == 0)
        {
            PageTable.ProtectFromWrites(first, count);
        }
    }
}
