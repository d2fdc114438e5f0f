using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.SimulationTests;

/// <summary>
/// Many threads create, use, map, share, pin, group, swap and destroy, with real waits for locks: nobody is stuck, nothing is
/// lost. Two seconds at least; a minute with GPUMM_DEEP=1.
/// </summary>
public sealed class ObjectStressTests(ITestOutputHelper output)
{
    private const int Threads = 4;
    private const int SharedCount = 6;
    private const long LeastSteps = 2_000; // Of each thread, on a machine that does much else too, so that all of it happens.

    // Three pages must always find room beside what the other threads have pinned, or an access would rightly fail: one object
    // of three pages each, which forbids at most five of the places where three pages could begin.
    private const ulong AperturePages = ((Threads - 1) * 5) + 1 + 2;
    private const ulong PageBytes = 4096;

    // Once with all that a device can have, and told to somebody; once so that threads keep space and pages apart, which they do
    // only where nobody listens and the CPU sees the whole memory.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ManyThreadsUseOneDeviceAndNothingIsLost(bool isObserved)
    {
        ulong seed = ulong.TryParse(Environment.GetEnvironmentVariable("GPUMM_SEED"), out ulong given) ? given : 20261126;
        double seconds = Environment.GetEnvironmentVariable("GPUMM_DEEP") == "1" ? 60 : 2;
        output.WriteLine($"GPUMM_SEED={seed}, {seconds} s");
        using MemorySwapStore store = new(limitPages: 64);
        using GpuDevice device = new(
            new GpuDeviceOptions
            {
                VramBytes = 24 * PageBytes,
                ApertureBytes = AperturePages * PageBytes,
                SystemBytes = 256 * PageBytes,
                VisibleVramBytes = isObserved ? 16 * PageBytes : null,
                IoWindowBytes = 12 * PageBytes,
                PageLimitBytes = 96 * PageBytes,
                Gart = GartMode.Eager,
                Swap = store,
                ChecksContents = true,
            },
            new HopDriver());
        EventLedger ledger = new();
        if (isObserved)
        {
            device.AddObserver(ledger);
        }
        else
        {
            ThreadsApart.Begin(device);
        }

        BufferObject[] shared = [.. Enumerable.Range(0, SharedCount).Select(i => Create(device, 2, null, $"shared{i}"))];
        Worker[] workers = [.. Enumerable.Range(0, Threads).Select(i => new Worker(device, shared, seed + (ulong)i, seconds))];
        Thread[] threads = [.. workers.Select(static worker => new Thread(worker.Run))];
        Array.ForEach(threads, static thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds((seconds * 10) + 600)), "A thread is stuck."));

        Assert.All(workers, static worker => Assert.Null(worker.Problem));
        output.WriteLine($"{workers.Sum(static worker => worker.Steps)} steps, {device.Statistics.Evictions} evictions, {device.Statistics.Faults} faults, {device.Statistics.SwappedOutBytes >> 12} pages swapped");
        ValidationReport report = device.Validate();
        Assert.True(report is { Count: 0, IsComplete: true }, report.ToString());
        Assert.True(!isObserved || ledger.Compare(device).Count == 0, "What was told adds up to what is there.");
        Array.ForEach(shared, static target => target.Release());
        device.Reap();
        Assert.Equal(0, device.ObjectCount);
        Assert.Equal(0ul, device.SystemPagesUsedBytes);
        Assert.Equal(0, store.PageCount);
        Assert.True(device.Statistics.Evictions > 100);
        Assert.True(device.Statistics.SwappedOutBytes > 0);
    }

    private static BufferObject Create(GpuDevice device, ulong pages, MemoryGroup? group, string name)
    {
        OperationContext context = new() { ForceAllocate = true };
        while (true)
        {
            BufferObjectDescription description = new(pages * PageBytes, name, Group: group);
            MmStatus status = device.TryCreate(description, Placement.VramThenGtt, ref context, out BufferObject? made);
            if (status == MmStatus.Ok)
            {
                return made!;
            }

            if (!context.IsContended)
            {
                throw new InvalidOperationException($"Creating '{name}' answered {status}, and nobody stood in the way.");
            }

            Thread.Yield(); // All the others are held at the moment.
        }
    }

    private sealed class Worker(GpuDevice device, BufferObject[] shared, ulong seed, double seconds)
    {
        private static readonly Placement[] s_places = [Placement.Vram, Placement.VramThenGtt, Placement.Gtt, Placement.System];

        private readonly List<(BufferObject Target, VmArea Area, byte Value)> _own = [];
        private readonly AcquireContext _acquire = new();
        private readonly AddressSpace _space = device.CreateAddressSpace();
        private readonly MemoryGroup _group = device.RootGroup.CreateChild($"group{seed}");
        private readonly byte[] _bytes = new byte[3 * PageBytes];
        private readonly Prng _random = new(seed);

        public string? Problem { get; private set; }

        public long Steps { get; private set; }

        public void Run()
        {
            try
            {
                _group.SetLimits(MemoryDomain.Vram, new MemoryLimits(2 * PageBytes, 4 * PageBytes, 16 * PageBytes));
                long start = Stopwatch.GetTimestamp();
                while ((Steps < LeastSteps || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds) && Problem is null)
                {
                    Step();
                    Steps++;
                }

                while (_own.Count > 0)
                {
                    Drop(0);
                }
            }
            catch (Exception thrown) when (thrown is InvalidOperationException or ArgumentException or NullReferenceException or IndexOutOfRangeException)
            {
                Problem = thrown.ToString();
            }
        }

        private void Step()
        {
            int roll = (int)(_random.Next() % 100);
            if (_own.Count == 0 || (roll < 10 && _own.Count < 8))
            {
                BufferObject made = Create(device, 1 + (_random.Next() % 3), _group, "own");
                _own.Add((made, made.Map(_space), 0));
                return;
            }

            int index = (int)(_random.Next() % (ulong)_own.Count);
            switch (roll)
            {
                case < 20:
                    Check(index);
                    Drop(index);
                    break;
                case < 40:
                    Fill(index);
                    break;
                case < 55:
                    Check(index);
                    break;
                case < 75:
                    Place(index);
                    break;
                case < 80:
                    PinForAWhile(index);
                    break;
                case < 95:
                    Submit();
                    break;
                case < 98:
                    OperationContext context = default;
                    device.SwapOut(4, ref context);
                    break;
                default:
                    ValidationReport report = device.Validate();
                    Problem = report.Count > 0 ? report.ToString() : null;
                    break;
            }
        }

        private void Place(int index)
        {
            OperationContext context = default;
            BufferObject target = _own[index].Target;
            target.Reserve();
            target.Validate(s_places[_random.Next() % 4], ref context);
            target.Unreserve();
        }

        private void PinForAWhile(int index)
        {
            BufferObject target = _own[index].Target;
            target.Reserve();
            Resource? place = target.Resource;
            target.Pin();
            target.Reservation.Unlock();
            Thread.Yield();
            target.Reserve();
            Problem ??= ReferenceEquals(target.Resource, place) ? null : "A pinned object moved.";
            target.Unpin();
            target.Unreserve();
        }

        // Several reservations at once, the shared ones in any order: only the tickets keep this from locking up.
        private void Submit()
        {
            Reservation[] set =
            [
                shared[_random.Next() % SharedCount].Reservation, _own[0].Target.Reservation,
                shared[_random.Next() % SharedCount].Reservation,
            ];
            _acquire.LockAll(set);
            OperationContext context = default;
            foreach (BufferObject target in shared)
            {
                if (target.Reservation.IsHeldBy(_acquire.Ticket))
                {
                    target.Validate(Placement.VramThenGtt, ref context);
                    target.Bump();
                }
            }

            _acquire.UnlockAll();
        }

        private void Fill(int index)
        {
            (BufferObject target, VmArea area, byte value) = _own[index];
            value++;
            Span<byte> bytes = _bytes.AsSpan(0, (int)target.SizeBytes);
            bytes.Fill(value);
            MmStatus status = _space.Write(area.StartAddress, bytes);
            Problem ??= status == MmStatus.Ok ? null : $"A write answered {status}.";
            _own[index] = (target, area, value);
        }

        private void Check(int index)
        {
            (BufferObject target, VmArea area, byte value) = _own[index];
            Span<byte> bytes = _bytes.AsSpan(0, (int)target.SizeBytes);
            MmStatus status = _space.Read(area.StartAddress, bytes);
            Problem ??= status != MmStatus.Ok ? $"A read answered {status}." : bytes.ContainsAnyExcept(value) ? "A byte was lost." : null;
        }

        private void Drop(int index)
        {
            _space.Unmap(_own[index].Area);
            _own[index].Target.Release();
            _own.RemoveAt(index);
        }
    }
}
