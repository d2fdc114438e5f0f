using System.Globalization;
using System.Text;
using GpuMm.Eviction;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>The dump of one domain.</content>
public abstract partial class ResourceManager
{
    internal void DumpInto(StringBuilder text)
    {
        using RankedLock.Scope scope = EnterOrder();
        text.Append(CultureInfo.InvariantCulture, $"{Domain}: size {SizeBytes >> 10} KiB, used {_usedBytes >> 10} KiB, peak {PeakBytes >> 10} KiB");
        text.Append(UsesPages ? ", system pages" : ", own memory").Append(IsUsed ? "\n" : ", not in use\n");
        for (int priority = 0; priority < PriorityCount; priority++)
        {
            DumpList(text, _lru[priority], $"  priority {priority}, oldest first");
        }

        DumpList(text, _unevictable, "  cannot be evicted");
        DumpList(text, _leaving, "  leaving, a copy still runs");
    }

    private static void DumpList(StringBuilder text, LruList list, string title)
    {
        bool isFirst = true;
        for (LruNode? node = list.Head; node is not null; node = node.Next)
        {
            if (node is not Resource resource)
            {
                continue;
            }

            if (isFirst)
            {
                text.Append(title).Append('\n');
                isFirst = false;
            }

            text.Append(CultureInfo.InvariantCulture, $"    {resource.Owner?.Id ?? 0,6} {resource.SizeBytes >> 10,8} KiB");
            text.Append(CultureInfo.InvariantCulture, $" at 0x{resource.StartBytes:x8} in {resource.RangeCount} {resource.Owner?.Name ?? "-"}");
            text.Append(resource.Owner is { PinCount: > 0 } pinned ? string.Create(CultureInfo.InvariantCulture, $" pinned {pinned.PinCount}") : "");
            text.Append(resource.Owner is { IsDeleted: true } ? " deleted\n" : "\n");
        }
    }
}
