using System.Collections.Generic;
using System.Linq;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.Live;

/// <summary>How full the domains are, as people ask: system RAM by the pages that objects hold.</summary>
/// <remarks>The manager of system RAM counts what is placed there; pages that stand behind the aperture are system RAM too.</remarks>
public static class Occupancy
{
    /// <summary>The domains of a device: video memory, aperture, system RAM.</summary>
    /// <param name="snapshot">The device at a glance.</param>
    public static IReadOnlyList<DomainView> Of(DeviceSnapshot snapshot) =>
    [
        .. snapshot.Domains.Where(static each => each.Domain != "system").OrderByDescending(static each => each.Domain == "vram"),
        .. snapshot.Domains.Where(static each => each.Domain == "system")
            .Select(each => each with { UsedBytes = snapshot.SystemPagesUsedBytes, PeakBytes = snapshot.SystemPagesPeakBytes }),
    ];
}
