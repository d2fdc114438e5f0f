using System;
using System.Collections.Generic;
using System.Globalization;
using GpuMm.Primitives;

namespace GpuMm.Lab.League;

/// <summary>A size as users give it: bytes, a share of the working set, or "auto" for a range of shares.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Bytes">The size, or 0 when it is a share.</param>
/// <param name="Share">The share of the working set, or 0.</param>
public readonly record struct CapacitySpec(string Text, long Bytes, double Share)
{
    /// <summary>Sizes are rounded down to whole pages, as a memory has them; counts of objects are not.</summary>
    private const long PageBytes = 4096;

    private static readonly double[] s_auto = [0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.4, 0.8];

    /// <summary>Reads a list such as "4GiB,10%,auto".</summary>
    /// <param name="text">The list; "0.1" is a share as "10%" is, as libCacheSim has it.</param>
    /// <param name="countsObjects">Sizes are numbers of objects.</param>
    /// <exception cref="LeagueException">An item is no size; the message names it.</exception>
    public static IReadOnlyList<CapacitySpec> ParseList(string text, bool countsObjects)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<CapacitySpec> specs = [];
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (item.Equals("auto", StringComparison.OrdinalIgnoreCase))
            {
                foreach (double share in s_auto)
                {
                    specs.Add(new CapacitySpec($"{(share * 100).ToString("0.###", CultureInfo.InvariantCulture)}%", 0, share));
                }
            }
            else
            {
                specs.Add(Parse(item, countsObjects));
            }
        }

        return specs;
    }

    /// <summary>The size in units, for a trace.</summary>
    /// <param name="workingSet">Sizes of all its objects, units.</param>
    /// <param name="countsObjects">Units are objects, not bytes.</param>
    /// <exception cref="LeagueException">Nothing is left after rounding.</exception>
    public long Resolve(ulong workingSet, bool countsObjects)
    {
        long units = Share > 0 ? (long)(Share * workingSet) : Bytes;
        if (Share > 0 && !countsObjects)
        {
            units -= units % PageBytes;
        }

        if (units <= 0)
        {
            throw new LeagueException(
                $"'{Text}' of a working set of {workingSet} {(countsObjects ? "objects" : "bytes")} is nothing; give a larger share or a size.");
        }

        return units;
    }

    private static CapacitySpec Parse(string item, bool countsObjects)
    {
        bool isPercent = item.EndsWith('%');
        if (double.TryParse(
            isPercent ? item[..^1] : item, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            double share = isPercent ? number / 100 : number;
            if (isPercent || (item.Contains('.', StringComparison.Ordinal) && share < 1))
            {
                return share is > 0 and <= 10
                    ? new CapacitySpec(item, 0, share)
                    : throw new LeagueException($"'{item}' is no share of the working set; give more than 0 % and at most 1000 %.");
            }
        }

        if (countsObjects)
        {
            return long.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out long objects) && objects > 0
                ? new CapacitySpec(item, objects, 0)
                : throw new LeagueException($"'{item}' is no number of objects; give one such as 10000, 10%, or auto.");
        }

        return ByteSize.TryParse(item, out ulong bytes) && bytes is > 0 and <= long.MaxValue
            ? new CapacitySpec(item, (long)bytes, 0)
            : throw new LeagueException($"'{item}' is no size; give one such as 4GiB, 10%, 0.1 or auto.");
    }
}
