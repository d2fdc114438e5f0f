using System.Collections.Generic;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>A device and its limits.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Machine">Its machine.</param>
/// <param name="Description">The machine in words.</param>
/// <param name="Speed">How many times faster than the machine its engines run; 0 for at once.</param>
/// <param name="Backing">How much of the contents is kept.</param>
/// <param name="Domains">Its domains.</param>
/// <param name="MaxClients">Most clients at a time.</param>
/// <param name="MaxObjectsPerClient">Most objects of one client.</param>
/// <param name="Placements">The placements that may be asked for.</param>
public sealed record DeviceInfo(
    string Name,
    string Machine,
    string Description,
    double Speed,
    string Backing,
    IReadOnlyList<DomainView> Domains,
    int MaxClients,
    int MaxObjectsPerClient,
    IReadOnlyCollection<string> Placements);
