using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.History;

/// <summary>What changed from one moment of the timeline to another: how full, and whose.</summary>
/// <param name="SpanNs">Time from the first to the second, ns; negative when the second is earlier.</param>
/// <param name="Domains">Bytes used in each domain, before and after.</param>
/// <param name="Clients">Bytes that each client had, in video memory, the aperture and system RAM; largest change first.</param>
/// <param name="ChangedCells">Cells of the map of video memory that are filled otherwise, or by others.</param>
/// <param name="Cells">Cells of that map.</param>
public sealed record MomentDiff(
    long SpanNs,
    IReadOnlyList<(string Domain, ulong Before, ulong After)> Domains,
    IReadOnlyList<(string Name, ClientBytes Before, ClientBytes After)> Clients,
    int ChangedCells,
    int Cells)
{
    /// <summary>Compares.</summary>
    /// <param name="before">The first.</param>
    /// <param name="after">The second, of the same device.</param>
    public static MomentDiff Of(Moment before, Moment after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        Dictionary<int, ClientView> old = before.Clients.ToDictionary(static client => client.Id);
        Dictionary<int, ClientView> now = after.Clients.ToDictionary(static client => client.Id);
        return new MomentDiff(
            after.Snapshot.TimeNs - before.Snapshot.TimeNs,
            [.. before.Domains.Select(each => (each.Domain, each.UsedBytes, after.Domain(each.Domain).UsedBytes))],
            [.. old.Keys.Union(now.Keys).Select(id => ((now.GetValueOrDefault(id) ?? old[id]).Name, ClientBytes.Of(old.GetValueOrDefault(id)), ClientBytes.Of(now.GetValueOrDefault(id))))
                .OrderByDescending(static each => each.Item2.DistanceTo(each.Item3)).ThenBy(static each => each.Name, StringComparer.Ordinal)],
            before.Vram.Cells.Zip(after.Vram.Cells).Count(static pair => pair.First.UsedBytes != pair.Second.UsedBytes || pair.First.ClientId != pair.Second.ClientId),
            before.Vram.Cells.Count);
    }
}
