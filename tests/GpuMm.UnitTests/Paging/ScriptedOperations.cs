using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;

namespace GpuMm.UnitTests.Paging;

/// <summary>A handler that does what a test says.</summary>
internal sealed class ScriptedOperations(ScriptedOperations.Handler handler) : IVmOperations
{
    public delegate VmFaultResult Handler(ref VmFault fault);

    public int Opened { get; private set; }

    public int Closed { get; private set; }

    public int Faults { get; private set; }

    public Reservation? Declared { get; set; }

    public bool IsCurrent { get; set; } = true;

    public Handler? OnMakeWritable { get; set; }

    /// <summary>Shows file page n in frame n of the memory, under a lock of its own.</summary>
    public static ScriptedOperations Identity(Reservation held) => new((ref VmFault fault) =>
    {
        held.Lock();
        ulong first = fault.Area.FilePageAt(fault.PageAddress);
        fault.InsertPte(new FrameIndex(0, first), Caching.Cached, held);
        held.Unlock();
        return VmFaultResult.NoPage;
    });

    public void Open(VmArea area) => Opened++;

    public void Close(VmArea area) => Closed++;

    public Reservation? LockOf(VmArea area) => Declared;

    public bool IsPageCurrent(ref VmFault fault) => IsCurrent;

    public VmFaultResult MakeWritable(ref VmFault fault) => OnMakeWritable?.Invoke(ref fault) ?? VmFaultResult.None;

    public VmFaultResult Fault(ref VmFault fault)
    {
        Faults++;
        return handler(ref fault);
    }
}
