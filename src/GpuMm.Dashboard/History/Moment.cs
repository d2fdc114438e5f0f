using System.Collections.Generic;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.History;

/// <summary>How a device stood at one moment.</summary>
/// <param name="Number">Its number; later ones are greater.</param>
/// <param name="Snapshot">The device at a glance.</param>
/// <param name="Clients">The clients.</param>
/// <param name="Vram">Video memory by address, in <see cref="MomentRecorder.MapCells"/> cells.</param>
/// <param name="Gtt">The aperture by address, likewise.</param>
public sealed record Moment(long Number, DeviceSnapshot Snapshot, IReadOnlyList<ClientView> Clients, HeapMapView Vram, HeapMapView Gtt);
