using System.Globalization;
using System.Text;
using GpuMm.Eviction;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <content>The dump of one domain.</content>
public abstract partial class ResourceManager
{
    /// <summary>The largest piece that could be given out now, bytes; null where that means nothing.</summary>
    /// <remarks>Lock: the manager's.</remarks>
    protected virtual ulong? LargestFreeBytes => null;

    internal void DumpInto(StringBuilder text, int linesPerList)
    {
        using Primitives.RankedLock.Scope scope = EnterOrder();
        text.Append(CultureInfo.InvariantCulture, $"{Domain}: size {SizeBytes >> 10} KiB, used {_usedBytes >> 10} KiB");
        text.Append(CultureInfo.InvariantCulture, $" ({(SizeBytes == 0 ? 0 : 100.0 * _usedBytes / SizeBytes):0} %), peak {PeakBytes >> 10} KiB");
        text.Append(LargestFreeBytes is { } hole ? string.Create(CultureInfo.InvariantCulture, $", largest hole {hole >> 10} KiB") : "");
        text.Append(UsesPages ? ", system pages" : ", own memory");
        text.Append(CpuVisibleBytes < SizeBytes ? string.Create(CultureInfo.InvariantCulture, $", the CPU sees the first {CpuVisibleBytes >> 10} KiB") : "");
        text.Append(IsUsed ? "" : ", not in use");
        text.Append(_evictionFences.TryGetUnsignaled(out Fence running) ? $", copies out of it run, one is {running}\n" : "\n");
        DumpSpace(text);
        for (int priority = 0; priority < PriorityCount; priority++)
        {
            DumpList(text, _lru[priority], _ranks is null ? $"priority {priority}, oldest first" : $"priority {priority}, in the order of use", linesPerList);
        }

        DumpList(text, _unevictable, "cannot be evicted", linesPerList);
        DumpList(text, _leaving, "leaving, a copy still runs", linesPerList);
    }

    private static void DumpList(StringBuilder text, LruList list, string title, int lines)
    {
        int count = 0;
        ulong bytes = 0;
        for (LruNode? node = list.Head; node is not null; node = node.Next)
        {
            count += node is Resource ? 1 : 0;
            bytes += node is Resource resource ? resource.SizeBytes : 0;
        }

        if (count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"  {title}: {count} of {bytes >> 10} KiB\n");
        text.Append("        id       size  address         name             client  state\n");
        ulong shownBytes = 0;
        int shown = 0;
        for (LruNode? node = list.Head; node is not null && shown < lines; node = node.Next)
        {
            if (node is Resource resource)
            {
                DumpResource(text, resource);
                shownBytes += resource.SizeBytes;
                shown++;
            }
        }

        if (shown < count)
        {
            text.Append(CultureInfo.InvariantCulture, $"    and {count - shown} more of {(bytes - shownBytes) >> 10} KiB\n");
        }
    }

    private static void DumpResource(StringBuilder text, Resource resource)
    {
        BufferObject? owner = resource.Owner;
        text.Append(CultureInfo.InvariantCulture, $"    {owner?.Id ?? 0,6} {resource.SizeBytes >> 10,6} KiB  ");
        text.Append(CultureInfo.InvariantCulture, $"{(resource.RangeCount == 0 ? "-" : $"0x{resource.StartBytes:x8}"),-14}  {owner?.Name ?? "-",-16} {owner?.ClientId ?? 0,6} ");
        text.Append(resource.RangeCount > 1 ? string.Create(CultureInfo.InvariantCulture, $" in {resource.RangeCount} pieces") : "");
        if (owner is not null)
        {
            DumpState(text, resource, owner);
        }

        text.Append('\n');
    }

    // What its holder may be changing is not looked at while somebody holds it.
    private static void DumpState(StringBuilder text, Resource resource, BufferObject owner)
    {
        text.Append(owner.PinCount > 0 ? string.Create(CultureInfo.InvariantCulture, $" pinned {owner.PinCount}") : "");
        text.Append(owner.IsDeleted ? " deleted" : "").Append(owner.IsPurgeable ? " purgeable" : "").Append(owner.IsPurged ? " purged" : "");
        text.Append(owner.IsLost ? " lost" : "").Append(owner.IsSwapped ? " swapped" : "").Append(owner.IsMapped ? " mapped" : "");
        text.Append(resource.IsBound ? " bound" : "");
        text.Append(owner.BulkMove is { } bulk ? string.Create(CultureInfo.InvariantCulture, $" bulk {bulk.Id}") : "");
        if (!owner.Reservation.TryLock())
        {
            text.Append(" reserved");
            return;
        }

        text.Append(owner.Reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out Fence fence) ? $" busy until {fence}" : "");
        owner.Reservation.Unlock();
    }
}
