using System;
using System.Collections.Generic;
using System.Linq;

namespace GpuMm.Dashboard.History;

/// <summary>What changed from one snapshot to another.</summary>
/// <param name="Added">Objects that came.</param>
/// <param name="Gone">Objects that went.</param>
/// <param name="Moved">Objects that are elsewhere: before and after.</param>
/// <param name="ByClient">Bytes more (or less) by client, largest change first.</param>
public sealed record ShotDiff(
    IReadOnlyList<ObjectShot> Added,
    IReadOnlyList<ObjectShot> Gone,
    IReadOnlyList<(ObjectShot Before, ObjectShot After)> Moved,
    IReadOnlyList<(int ClientId, long Bytes, int Objects)> ByClient)
{
    /// <summary>Compares.</summary>
    /// <param name="before">The earlier one.</param>
    /// <param name="after">The later one.</param>
    public static ShotDiff Of(Shot before, Shot after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ObjectShot[] added = [.. after.Objects.Values.Where(each => !before.Objects.ContainsKey(each.Id)).OrderByDescending(static each => each.SizeBytes)];
        ObjectShot[] gone = [.. before.Objects.Values.Where(each => !after.Objects.ContainsKey(each.Id)).OrderByDescending(static each => each.SizeBytes)];
        (ObjectShot, ObjectShot)[] moved =
        [
            .. from old in before.Objects.Values
               where after.Objects.TryGetValue(old.Id, out ObjectShot now) && now.Domain != old.Domain
               orderby old.SizeBytes descending
               select (old, after.Objects[old.Id]),
        ];
        (int, long, int)[] byClient =
        [
            .. added.Select(static each => (each.ClientId, Bytes: (long)each.SizeBytes, Objects: 1))
                .Concat(gone.Select(static each => (each.ClientId, Bytes: -(long)each.SizeBytes, Objects: -1)))
                .GroupBy(static each => each.ClientId)
                .Select(static group => (group.Key, group.Sum(static each => each.Bytes), group.Sum(static each => each.Objects)))
                .OrderByDescending(static each => Math.Abs(each.Item2)),
        ];
        return new ShotDiff(added, gone, moved, byClient);
    }
}
