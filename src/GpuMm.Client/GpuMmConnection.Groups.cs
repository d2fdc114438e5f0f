using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Client.Wire;

namespace GpuMm.Client;

/// <content>Groups of clients: a tree whose limits hold for all that is in a group together. For whoever runs the service.</content>
public sealed partial class GpuMmConnection
{
    /// <summary>The groups of a device, each after the group that it lies in.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<GroupInfo>> GetGroupsAsync(string device, CancellationToken cancellationToken = default) =>
        await AskAsync(HttpMethod.Get, $"{GroupsOf(device)}/", null, null, WireContext.Default.GroupInfoArray, cancellationToken).ConfigureAwait(false);

    /// <summary>Makes a group. Clients are put into it when they are opened.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="path">1 to 8 names with '/' between them; all but the last are there already.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GpuMmException">Refused: 409 when it is there already, 404 when the group round it is not.</exception>
    public Task CreateGroupAsync(string device, string path, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Put, $"{GroupsOf(device)}/{Escape(path)}", null, null, cancellationToken);

    /// <summary>Removes a group that nothing is in.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="path">Its path.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GpuMmException">Refused: 409 while clients or groups are in it.</exception>
    public Task RemoveGroupAsync(string device, string path, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, $"{GroupsOf(device)}/{Escape(path)}", null, null, cancellationToken);

    /// <summary>Sets what all in a group together are promised in a domain, and may use there.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="path">The group's path.</param>
    /// <param name="domain">vram, gtt or system.</param>
    /// <param name="minBytes">Used up to this, nothing of the group is evicted for others.</param>
    /// <param name="lowBytes">Used up to this, its objects are evicted only when nobody else's would help.</param>
    /// <param name="maxBytes">More it does not get: it makes room among its own; null for no limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GpuMmException">Refused: 409 while the group uses more than the new maximum.</exception>
    public Task SetGroupLimitsAsync(
        string device, string path, string domain, ulong minBytes, ulong lowBytes, ulong? maxBytes, CancellationToken cancellationToken = default) => SendAsync(
        HttpMethod.Put,
        $"devices/{Uri.EscapeDataString(device)}/group-limits/{Uri.EscapeDataString(domain)}/{Escape(path)}",
        null,
        Json(new DomainLimitsBody(minBytes, lowBytes, maxBytes), WireContext.Default.DomainLimitsBody),
        cancellationToken);

    private static string GroupsOf(string device) => $"devices/{Uri.EscapeDataString(device)}/groups";

    private static string Escape(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
    }
}
