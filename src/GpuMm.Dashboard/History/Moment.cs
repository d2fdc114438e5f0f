using System;
using System.Collections.Generic;
using GpuMm.Dashboard.Live;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.History;

/// <summary>How a device stood at one moment.</summary>
/// <param name="Number">Its number; later ones are greater.</param>
/// <param name="Snapshot">The device at a glance.</param>
/// <param name="Clients">The clients.</param>
/// <param name="Vram">Video memory by address, in <see cref="MomentRecorder.MapCells"/> cells.</param>
/// <param name="Gtt">The aperture by address, likewise.</param>
public sealed record Moment(long Number, DeviceSnapshot Snapshot, IReadOnlyList<ClientView> Clients, HeapMapView Vram, HeapMapView Gtt)
{
    /// <summary>How full the domains were, as people ask.</summary>
    public IReadOnlyList<DomainView> Domains { get; } = Occupancy.Of(Snapshot);

    /// <summary>Where a moment stands; where the next one does when it is forgotten.</summary>
    /// <param name="moments">Moments, oldest first.</param>
    /// <param name="number">Its number.</param>
    public static int IndexOf(IReadOnlyList<Moment> moments, long number)
    {
        ArgumentNullException.ThrowIfNull(moments);
        int low = 0;
        int high = moments.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = moments[middle].Number < number ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>How full one domain was.</summary>
    /// <param name="name">Its name.</param>
    public DomainView Domain(string name)
    {
        foreach (DomainView domain in Domains)
        {
            if (domain.Domain == name)
            {
                return domain;
            }
        }

        throw new ArgumentException($"There is no domain '{name}'.", nameof(name));
    }
}
