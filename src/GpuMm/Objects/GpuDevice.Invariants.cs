using System.Collections.Generic;
using GpuMm.Backing;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>What must never be.</content>
public sealed partial class GpuDevice
{
    /// <summary>Checks every invariant of the device.</summary>
    /// <returns>
    /// One sentence per violation; empty when all hold. Objects whose reservation somebody holds are skipped, so in a
    /// quiet moment everything is checked.
    /// </returns>
    /// <remarks>
    /// An entry names where its object is; usage is the sum of resources; no range is owned twice; every resource is on
    /// the one list where it belongs; pages exist exactly where they should. Lock: none may be held. Cost: O(objects +
    /// mapped pages), allocates.
    /// </remarks>
    public IReadOnlyList<string> Validate()
    {
        List<string> problems = [];
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

        List<VmArea> areas = [];
        foreach (BufferObject target in Snapshot())
        {
            if (target.Reservation.TryLock())
            {
                ValidateObject(target, problems);
                target.Reservation.Unlock();
            }

            areas.Clear();
            Mapping.CollectAreas(target.Window, areas);
            foreach (VmArea area in areas)
            {
                ValidateArea(target, area, problems);
            }
        }

        return problems;
    }

    /// <summary>Copies the live objects into a list, oldest first. Lock: none. Cost: O(objects).</summary>
    public IReadOnlyList<BufferObject> Snapshot()
    {
        using RankedLock.Scope scope = _registryLock.Enter();
        List<BufferObject> objects = new(_objectCount);
        for (BufferObject? next = _firstObject; next is not null; next = next.NextObject)
        {
            objects.Add(next);
        }

        return objects;
    }

    private static void ValidateObject(BufferObject target, List<string> problems)
    {
        if (target.Resource is { } resource)
        {
            if (!ReferenceEquals(resource.Owner, target) || resource.SizeBytes != target.SizeBytes)
            {
                problems.Add($"'{target.Name}' holds a resource that belongs to '{resource.Owner?.Name}'.");
            }

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
