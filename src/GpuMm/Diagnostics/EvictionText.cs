using System.Globalization;
using System.Text;
using GpuMm.Primitives;

namespace GpuMm.Diagnostics;

/// <summary>Evictions and histories in words.</summary>
public static class EvictionText
{
    /// <summary>An eviction as one sentence.</summary>
    /// <param name="record">The eviction.</param>
    public static string Of(EvictionRecord record)
    {
        System.ArgumentNullException.ThrowIfNull(record);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{NameOf(record.VictimId, record.VictimName)} was evicted by ");
        text.Append(CultureInfo.InvariantCulture, $"{NameOf(record.EvictorId, record.EvictorName)} at {Milliseconds(record.TimeNs)}: ");
        text.Append(CultureInfo.InvariantCulture, $"{Ordinal(record.Rank + 1)} in {record.Order} order; ");
        AppendPassed(text, record, areEvicted: true, "after ");
        AppendPassed(text, record, areEvicted: false, "skipped ");
        if (record.PassedUntold > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"and {record.PassedUntold} more before it; ");
        }

        text.Append(ByteSize.Format(record.SizeBytes));
        text.Append(record.To is not { } to ? " dropped" : to == record.From ? $" moved elsewhere in {to}" : $" moved to {to}");
        if (record.CostNs > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", {Milliseconds(record.CostNs)}");
        }

        return text.Append('.').ToString();
    }

    /// <summary>An event of an object's history as one line.</summary>
    /// <param name="occurred">The event.</param>
    public static string Of(in DeviceEvent occurred)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Milliseconds(occurred.TimeNs)}  ");
        text.Append(occurred.Kind switch
        {
            DeviceEventKind.ObjectCreated => $"created, {ByteSize.Format(occurred.SizeBytes)}",
            DeviceEventKind.MoveFinished when occurred.Status != MmStatus.Ok =>
                $"could not be moved from {occurred.From?.ToString() ?? "nowhere"} to {occurred.To}: {Words(occurred.Status)} ({Because(occurred)})",
            DeviceEventKind.MoveFinished when occurred.From == occurred.To => $"moved elsewhere in {occurred.To} ({Because(occurred)})",
            DeviceEventKind.MoveFinished => $"moved from {occurred.From?.ToString() ?? "nowhere"} to {occurred.To} ({Because(occurred)})",
            DeviceEventKind.Evicted => $"evicted from {occurred.From} by BO {occurred.RelatedId}, {Ordinal(occurred.Count + 1)} in the order",
            DeviceEventKind.EvictionSkipped => $"passed over by BO {occurred.RelatedId}: {ReasonOf(occurred.Reason, occurred.Status)}",
            DeviceEventKind.Pinned => $"pinned ({occurred.Count})",
            DeviceEventKind.Unpinned => $"unpinned ({occurred.Count} left)",
            DeviceEventKind.ContentsDropped => $"contents dropped in {occurred.From}",
            _ => Words(occurred.Kind),
        });
        return text.ToString();
    }

    /// <summary>Why a candidate was passed over, in words.</summary>
    /// <param name="reason">The rule.</param>
    /// <param name="status">What an attempt answered.</param>
    public static string ReasonOf(SkipReason reason, MmStatus status) => reason switch
    {
        SkipReason.None => "evicted too, which was not enough",
        SkipReason.Locked => "busy: somebody holds its reservation",
        SkipReason.Pinned => "pinned",
        SkipReason.Requester => "it is being placed itself",
        SkipReason.Gone => "gone before its lock was taken",
        SkipReason.NotValuable => "outside the range that is wanted",
        SkipReason.StillUsed => "deleted, but its job is not done",
        SkipReason.Protected => "its group is within what min or low promises it",
        SkipReason.OtherGroup => "of a group whose limit is not reached",
        SkipReason.CannotMove when status == MmStatus.Busy => "busy: its job is not done",
        SkipReason.CannotMove => $"could not be moved: {Words(status)}",
        SkipReason.Policy => "kept by the policy: its priority is higher",
        _ => reason.ToString(),
    };

    private static void AppendPassed(StringBuilder text, EvictionRecord record, bool areEvicted, string lead)
    {
        string separator = lead;
        foreach (PassedCandidate passed in record.Passed)
        {
            if (passed.Reason == SkipReason.None != areEvicted)
            {
                continue;
            }

            text.Append(separator).Append(NameOf(passed.ObjectId, passed.Name));
            if (!areEvicted)
            {
                text.Append(CultureInfo.InvariantCulture, $" ({ReasonOf(passed.Reason, passed.Status)})");
            }

            separator = ", ";
        }

        if (separator != lead)
        {
            text.Append(areEvicted ? ", which did not make room enough; " : "; ");
        }
    }

    private static string NameOf(ulong id, string name) =>
        name.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"BO {id}") : string.Create(CultureInfo.InvariantCulture, $"BO {id} '{name}'");

    private static string Milliseconds(ulong ns) => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.###} ms");

    private static string Because(in DeviceEvent occurred) =>
        occurred.Cause == MoveCause.Eviction ? $"eviction by BO {occurred.RelatedId}" : Words(occurred.Cause);

    private static string Words<TEnum>(TEnum value)
        where TEnum : struct, System.Enum
    {
        StringBuilder text = new();
        foreach (char letter in value.ToString())
        {
            text.Append(char.IsUpper(letter) && text.Length > 0 ? " " : "").Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private static string Ordinal(int number)
    {
        string ending = (number % 100) is 11 or 12 or 13 ? "th" : (number % 10) switch
        {
            1 => "st",
            2 => "nd",
            3 => "rd",
            _ => "th",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{number}{ending}");
    }
}
