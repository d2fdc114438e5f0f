using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.Live;

/// <summary>A line of the tree of groups and clients.</summary>
/// <param name="Depth">How many groups it lies in.</param>
/// <param name="Name">The last name of the path, or the client's.</param>
/// <param name="Path">The group's path; null for a client.</param>
/// <param name="ClientId">The client's number; 0 for a group.</param>
/// <param name="Domains">What it is promised, may use and uses.</param>
public sealed record TreeRow(int Depth, string Name, string? Path, int ClientId, IReadOnlyList<DomainLimitView> Domains)
{
    /// <summary>Tells it from the others.</summary>
    public string Key => Path ?? ClientId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The tree as lines, each after the group that it lies in; clients before the groups beside them.</summary>
    /// <param name="view">The device.</param>
    public static IReadOnlyList<TreeRow> Of(DeviceSnapshotService view)
    {
        ArgumentNullException.ThrowIfNull(view);
        ILookup<string, GpuSession> clients = view.Gpu.Sessions.ToLookup(static session => session.GroupPath ?? "", StringComparer.Ordinal);
        List<TreeRow> rows = [.. clients[""].Select(static client => OfClient(client, 0))];
        foreach (GroupView group in view.Groups())
        {
            int depth = group.Path.Count(static letter => letter == '/');
            rows.Add(new TreeRow(depth, group.Path[(group.Path.LastIndexOf('/') + 1)..], group.Path, 0, group.Domains));
            rows.AddRange(clients[group.Path].Select(client => OfClient(client, depth + 1)));
        }

        return rows;
    }

    private static TreeRow OfClient(GpuSession client, int depth) => new(depth, client.Name, null, client.Id, DeviceSnapshotService.LimitsOf(client));
}
