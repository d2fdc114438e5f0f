using System.Collections.Generic;
using GpuMm.Backing;
using GpuMm.Eviction;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.Simulation;
using GpuMm.Traces.Recording;

namespace GpuMm.LabTests.Replay;

/// <summary>A program drawn from a seed that does everything a device can be asked for, rightly and wrongly.</summary>
/// <remarks>One thread, several clients, groups, CPU and GPU address spaces. Each step holds its locks only for itself.</remarks>
internal sealed partial class RandomProgram
{
    private readonly GpuDevice _device;
    private readonly SimulatedDriver _driver;
    private readonly List<SubmissionQueue> _queues = [];
    private readonly SubmissionThrottle _throttle;
    private readonly MoveBudget _budget;
    private readonly DeviceRecorder? _recorder;
    private readonly Prng _random;
    private readonly int[] _weights = new int[StepCount];
    private readonly List<BufferObject> _objects = [];
    private readonly List<AddressSpace> _spaces = [];
    private readonly List<VmArea> _areas = [];
    private readonly List<GpuVm> _vms = [];
    private readonly List<(BulkMove Bulk, Reservation Reservation)> _bulks = [];
    private readonly List<GpuClient> _clients = [];
    private readonly List<(GpuClient Client, uint Handle)> _handles = [];
    private readonly List<MemoryGroup> _groups = [];
    private readonly List<Reservation> _shared = [];
    private readonly AcquireContext _acquire = new();

    public RandomProgram(GpuDevice device, SimulatedDriver driver, ulong seed, DeviceRecorder? recorder)
    {
        _device = device;
        _driver = driver;
        _queues.Add(new SubmissionQueue(driver));
        _throttle = new SubmissionThrottle(device, bytesPerSecond: 400_000_000, capNs: 2_000_000);
        _budget = new MoveBudget(bytesPerSecond: 400_000_000, capNs: 2_000_000, driver.NowNs);
        _recorder = recorder;
        _random = new Prng(seed);
        for (int i = 0; i < StepCount; i++)
        {
            // Drawn too, so that some programs only fill, and some do little but swap.
            _weights[i] = (int)Roll(Roll(4) == 0 ? 12u : 3u);
        }

        _weights[0] += 6;
        _weights[1] += 3;
        _spaces.Add(device.CreateAddressSpace());
        _spaces.Add(device.CreateAddressSpace(new AddressSpaceOptions { BasePageBytes = 1 << 14 }));
        _spaces.Add(device.CreateAddressSpace(new AddressSpaceOptions { UsesHugePages = true }));
        _clients.Add(new GpuClient(device, 0, "nobody"));
        _clients.Add(new GpuClient(device, 7, "seven"));
        _groups.Add(device.RootGroup);
        _shared.Add(new Reservation());
    }

    /// <summary>A small machine, drawn from a seed: nothing fits for long.</summary>
    public static GpuDeviceOptions DrawOptions(ulong seed)
    {
        Prng random = new(seed ^ 0x0071);
        ulong Draw(ulong below) => random.Next() % below;
        SpaceAllocatorKind allocator = (SpaceAllocatorKind)Draw(3);
        IReadOnlyList<EvictionPolicy> policies = EvictionPolicies.All;
        return new GpuDeviceOptions
        {
            VramBytes = 1 << 20,
            VisibleVramBytes = allocator == SpaceAllocatorKind.Bins || Draw(2) == 0 ? 1ul << 20 : 1ul << 19,
            ApertureBytes = 1 << 20,
            SystemBytes = 4 << 20,
            IoWindowBytes = Draw(3) == 0 ? 1ul << 18 : null,
            EvictionPolicy = policies[(int)Draw((ulong)policies.Count)].Name,
            VramAllocator = allocator,
            ApertureAllocator = (SpaceAllocatorKind)Draw(3),
            Backing = (BackingKind)Draw(3),
            ProtectedGroupsEvictFirst = Draw(2) == 0,
            PageLimitBytes = Draw(2) == 0 ? 1ul << 20 : null,
            PagePoolBytes = Draw(2) * (1 << 19),
            PoolUsesDmaAllocator = Draw(2) == 0,
            Gart = (GartMode)Draw(3),
            Swap = Draw(3) == 0 ? null : new MemorySwapStore((long)(100 + Draw(800))),
            PropagateNoSpace = Draw(4) == 0,
        };
    }

    public void Run(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            Step();
        }
    }

    public void Step()
    {
        int total = 0;
        foreach (int weight in _weights)
        {
            total += weight;
        }

        int roll = (int)Roll((ulong)total);
        int step = 0;
        while (roll >= _weights[step])
        {
            roll -= _weights[step++];
        }

        Do(step);
        if (Roll(8) == 0)
        {
            _driver.Clock.Advance((long)Roll(2_000_000));
        }
    }

    private ulong Roll(ulong below) => _random.Next() % below;

    private T? Any<T>(List<T> among)
        where T : class => among.Count == 0 ? null : among[(int)Roll((ulong)among.Count)];

    private OperationContext Context(Reservation? own = null)
    {
        OperationContext context = new() { NoWaitGpu = Roll(4) == 0, ForceAllocate = Roll(6) == 0 };
        if (own is not null && Roll(3) == 0)
        {
            context.HeldReservation = own;
            context.AllowReservedEviction = Roll(2) == 0;
        }

        if (Roll(12) == 0)
        {
            WaitInterrupt interrupt = new();
            interrupt.Interrupt();
            context.Interrupt = interrupt;
        }

        context.Cause = Roll(5) == 0 ? Diagnostics.MoveCause.Submission : Diagnostics.MoveCause.Validate;
        return context;
    }

    private Placement DrawPlacement(bool mayBeEmpty)
    {
        if (mayBeEmpty && Roll(10) == 0)
        {
            return Placement.Empty;
        }

        Place[] places = new Place[1 + Roll(3)];
        for (int i = 0; i < places.Length; i++)
        {
            ulong first = Roll(4) == 0 ? Roll(100) : 0;
            ulong end = Roll(4) == 0 ? first + 1 + Roll(200) : 0;
            places[i] = new Place((MemoryDomain)Roll(3), (PlaceFlags)(Roll(2) == 0 ? 0 : Roll(16)) & ~PlaceFlags.Temporary, first, end);
        }

        return new Placement(places);
    }

    // Runs a step under an object's reservation: alone, beside others that the program holds, or in a set of one ticket.
    private void Holding(BufferObject target, System.Action<BufferObject> step)
    {
        List<Reservation> others = [];
        for (ulong i = Roll(3); i > 0; i--)
        {
            others.Add(_objects[(int)Roll((ulong)_objects.Count)].Reservation);
        }

        if (Roll(2) == 0)
        {
            _acquire.LockAll([target.Reservation, .. others]);
            step(target);
            _acquire.UnlockAll();
            return;
        }

        List<Reservation> held = [];
        foreach (Reservation each in (Reservation[])[target.Reservation, .. others])
        {
            if (each.TryLock())
            {
                held.Add(each);
            }
        }

        step(target);
        foreach (Reservation each in held)
        {
            each.Unlock();
        }
    }
}
