using System;
using System.Collections.Generic;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>What must never be.</content>
public sealed partial class GpuDevice
{
    /// <summary>Checks every invariant of the device.</summary>
    /// <returns>
    /// One sentence per violation; empty when all hold. Objects whose reservation somebody holds are skipped, and the report
    /// says how many: in a quiet moment everything is checked.
    /// </returns>
    /// <remarks>
    /// An entry names where its object is; usage is the sum of resources, and of pages; no range is owned twice; every
    /// resource is on the one list where it belongs; pages exist exactly where they should; a pinned object is where it was
    /// pinned; fences were issued; the aperture's table shows the pages; with <see cref="GpuDeviceOptions.ChecksContents"/>
    /// bytes survived their journeys. Lock: none may be held. Cost: O(objects + mapped pages), allocates.
    /// </remarks>
    public ValidationReport Validate()
    {
        ValidationReport report = new();
        List<string> problems = report.Problems;
        foreach (ResourceManager? manager in _managers)
        {
            manager?.ValidateInto(problems);
        }

        if (_systemPages.Validate() is { } problem)
        {
            problems.Add($"System pages: {problem}");
        }

        if (Mapping.Validate() is { } mappingProblem)
        {
            problems.Add(mappingProblem);
        }

        ValidateObjects(report);
        using RankedLock.Scope scope = _registryLock.Enter();
        problems.AddRange(_contentProblems);
        return report;
    }

    private void ValidateObjects(ValidationReport report)
    {
        ulong changes = _systemPages.Changes;
        bool isQuiet = TryCountLoosePages(out ulong pageBytes, out ulong postponed);
        ulong charges = Groups.Changes;
        List<VmArea> areas = [];
        foreach (BufferObject target in Snapshot())
        {
            if (target.Reservation.TryLock())
            {
                ValidateObject(target, report.Problems);
                pageBytes += target.Pages is { HasPages: true } pages ? Pages.Bytes(pages.ResidentPages) : 0;
                target.Reservation.Unlock();
                report.CheckedObjects++;
            }
            else
            {
                report.SkippedObjects++;
            }

            areas.Clear();
            Mapping.CollectAreas(target.Window, areas);
            foreach (VmArea area in areas)
            {
                ValidateArea(target, area, report.Problems);
            }
        }

        if (charges != 0 && report.SkippedObjects == 0)
        {
            ValidateGroups(report.Problems, charges);
        }

        // Only a moment in which nobody took or gave pages can be added up.
        ulong usedBytes = _systemPages.UsedBytes;
        report.ArePagesCounted = isQuiet && report.SkippedObjects == 0 && _systemPages.Changes == changes && PostponedTotal() == postponed;
        if (report.ArePagesCounted && pageBytes != usedBytes)
        {
            report.Problems.Add($"{usedBytes} bytes of system pages are said to be used, the objects hold {pageBytes}.");
        }
    }

    // Pages that no object holds any more, or none ever did: those that wait for a copy, and the pages of zeros. False while
    // pages are on their way: given back, or taken by an object that is being made.
    private bool TryCountLoosePages(out ulong sizeBytes, out ulong postponed)
    {
        bool isMaking = Array.Exists(_objects, static list => list.IsMaking);
        using RankedLock.Scope scope = _registryLock.Enter();
        postponed = _postponedTotal;
        sizeBytes = Pages.Bytes((ulong)_dummyFrames.Count);
        for (int i = 0; i < _postponedCount; i++)
        {
            sizeBytes += PostponedAt(i).Pages.SizeBytes;
        }

        return _givingBackCount == 0 && !isMaking;
    }

    // An object hands its pages over without any being taken or given: whoever counted before must count again.
    private ulong PostponedTotal()
    {
        using RankedLock.Scope scope = _registryLock.Enter();
        return _postponedTotal;
    }

    /// <summary>Copies the live objects into a list, oldest first. Lock: none. Cost: O(objects).</summary>
    public IReadOnlyList<BufferObject> Snapshot()
    {
        List<BufferObject> objects = [];
        int listCount = 0;
        foreach (ObjectList list in _objects)
        {
            int before = objects.Count;
            list.CopyTo(objects);
            listCount += objects.Count > before ? 1 : 0;
        }

        if (listCount > 1)
        {
            objects.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        }

        return objects;
    }

    private void ValidateObject(BufferObject target, List<string> problems)
    {
        ValidateFences(target, problems);
        if (target.IsSwapped && target.Pages!.HasPages)
        {
            problems.Add($"'{target.Name}' is in the swap store and still has system pages.");
        }

        if (target.Resource is { } resource)
        {
            if (resource.List is null)
            {
                problems.Add($"'{target.Name}' holds a resource that is on no list.");
                return;
            }

            if (!ReferenceEquals(resource.Owner, target) || resource.SizeBytes != target.SizeBytes)
            {
                problems.Add($"'{target.Name}' holds a resource that belongs to '{resource.Owner?.Name}'.");
            }

            if (resource.IsPinnedHere != target.PinCount > 0)
            {
                problems.Add($"'{target.Name}' is pinned {target.PinCount} times and was {(target.PinCount > 0 ? "moved nevertheless" : "never unpinned")}.");
            }

            ValidateBinding(target, resource, problems);
            bool hasPages = target.Pages is { IsPopulated: true };
            if (resource.Manager.UsesPages ? resource.Domain != MemoryDomain.System && !hasPages : hasPages)
            {
                problems.Add($"'{target.Name}' lives in {resource.Domain} and {(hasPages ? "still has" : "has no")} system pages.");
            }
        }
        else if (target.PinCount > 0)
        {
            problems.Add($"'{target.Name}' is pinned but holds no space.");
        }
    }

    private static void ValidateFences(BufferObject target, List<string> problems)
    {
        for (int i = 0; i < target.Reservation.FenceCount; i++)
        {
            Fence fence = target.Reservation.FenceAt(i, out _);
            if (fence.Context is { } context && fence.Seqno > context.IssuedSeqno)
            {
                problems.Add($"'{target.Name}' waits for fence {fence}, which was never issued.");
            }
        }
    }

    private void ValidateBinding(BufferObject target, Resource resource, List<string> problems)
    {
        for (ulong page = 0; Gart is not null && resource.IsBound && page < Pages.Count(target.SizeBytes); page++)
        {
            bool isShown = Gart.TryTranslate(resource.PageAt(page, out _), out ulong systemPage);
            if (!isShown || target.Pages is not { HasPages: true } pages || pages.PageAt(page, out _) != systemPage)
            {
                problems.Add($"Page {page} of '{target.Name}' is bound to the aperture, whose table shows {(isShown ? $"page {systemPage}" : "nothing")}.");
                return;
            }
        }
    }

    // In lock order: the address space, so that the area stays what it is, then the object, so that it stays where it is.
    private static void ValidateArea(BufferObject target, VmArea area, List<string> problems)
    {
        if (!area.Space.TryEnterArea(area))
        {
            return;
        }

        if (target.Reservation.TryLock())
        {
            for (ulong address = area.StartAddress; address < area.EndAddress; address += Pages.SizeBytes)
            {
                ulong filePage = area.FilePageAt(address);
                if (filePage >= target.Window.FirstPage && filePage < target.Window.EndPage)
                {
                    ValidatePage(target, filePage - target.Window.FirstPage, area.Space.TranslatePage(address), problems);
                }
            }

            target.Reservation.Unlock();
        }

        area.Space.ExitArea();
    }

    private static void ValidatePage(BufferObject target, ulong page, Pte pte, List<string> problems)
    {
        FrameIndex frame = target.FrameAt(page, out ulong run);
        if (pte.IsPresent && (run == 0 || pte.Frame != frame) && !target.Device.IsDummyFrame(pte.Frame))
        {
            string place = run == 0 ? "nowhere" : $"in frame {frame}";
            problems.Add($"Page {page} of '{target.Name}' is mapped to frame {pte.Frame}, but lives {place}: a stale entry.");
        }
    }
}
