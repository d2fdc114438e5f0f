using System.Threading;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Paging;

namespace GpuMm.Objects;

/// <content>What the address spaces of a device tell it.</content>
public sealed partial class GpuDevice
{
    // One for each address space: the time of an access begins with its first fault, which may have no event of its own.
    private sealed class PagingCounter(GpuDevice device) : IPagingObserver
    {
        private const long None = -1;

        private long _firstFaultNs = None;

        public bool WantsAccesses => device.Driver.WantsAccesses || device.AreAccessesObserved;

        public void OnAccess(FrameIndex first, Caching caching, AccessKind kind, ulong sizeBytes) =>
            device.Driver.OnAccess(first, caching, kind, sizeBytes);

        public void OnAccessAt(
            AddressSpace space, ulong address, FrameIndex first, Caching caching, AccessKind kind, ulong sizeBytes)
        {
            if (device.AreAccessesObserved)
            {
                device.RaiseAccess(space, address, kind, sizeBytes, TakeFaultNs());
            }

            device.Driver.OnAccess(first, caching, kind, sizeBytes);
        }

        public void OnFault(VmArea? area, VmFaultResult result, int insertedCount)
        {
            if (device.IsObserved)
            {
                Interlocked.CompareExchange(ref _firstFaultNs, (long)device.Driver.NowNs, None);
            }

            device.Driver.OnFault(area, result, insertedCount);
        }

        public void OnAccessFaulted(AddressSpace space, ulong address, AccessKind kind, bool mayWait, MmStatus status)
        {
            if (device.IsObserved)
            {
                device.RaiseAccessFaulted(space, address, kind, mayWait, status, TakeFaultNs());
            }
        }

        public void OnUnmap(AddressSpace space, ulong address, ulong sizeBytes) =>
            device.RaiseRange(DeviceEventKind.RangeUnmapped, space, address, sizeBytes, detail: 0);

        public void OnProtect(AddressSpace space, ulong address, ulong sizeBytes, VmProtection protection) =>
            device.RaiseRange(DeviceEventKind.RangeProtected, space, address, sizeBytes, (ulong)protection);

        public void OnRemap(AddressSpace space, ulong address, ulong sizeBytes, ulong filePage) =>
            device.RaiseRange(DeviceEventKind.FilePagesRemapped, space, address, sizeBytes, filePage);

        public void OnForget(AddressSpace space, ulong address, ulong sizeBytes) =>
            device.RaiseRange(DeviceEventKind.UsageForgotten, space, address, sizeBytes, detail: 0);

        public void OnZap(VmArea area, int zappedCount)
        {
            device.Statistics.CountZap(zappedCount);
            device.Driver.OnZap(area, zappedCount);
        }

        // How long ago the access under way faulted first; 0 when it did not.
        private ulong TakeFaultNs()
        {
            long firstNs = Interlocked.Exchange(ref _firstFaultNs, None);
            return firstNs == None ? 0 : device.Driver.NowNs - (ulong)firstNs;
        }
    }
}
