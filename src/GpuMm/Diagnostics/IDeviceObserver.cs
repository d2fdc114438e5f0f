namespace GpuMm.Diagnostics;

/// <summary>Hears what a device does and decides, one event at a time, in the order of their numbers.</summary>
/// <remarks>
/// Events of one device come one after another, also from many threads, so an observer needs no lock of its own. It may be
/// called under an address-space lock and under reservations, never under the tree of areas, a page-table leaf or a
/// manager. It must not call the device back, wait for another thread that uses the device, or throw.
/// </remarks>
public interface IDeviceObserver
{
    /// <summary>
    /// Whether it hears each run of bytes that the CPU reads or writes (<see cref="DeviceEventKind.CpuAccess"/>), which makes
    /// accesses dearer. Asked when an address space is made, so the observer comes before it.
    /// </summary>
    bool WantsAccesses => false;

    /// <summary>Something happened.</summary>
    /// <param name="occurred">What; copy it to keep it.</param>
    void OnEvent(in DeviceEvent occurred);
}
