using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>Runs one workload once on a fresh allocator. Only the pairs are timed.</summary>
internal sealed class WorkloadRun<TAllocator, TTicket>
    where TAllocator : struct, IWorkloadAllocator<TAllocator, TTicket>
    where TTicket : struct
{
    // The loops are called in pieces of this many pairs, so that the compiler sees them often enough to optimise them.
    private const int PieceLength = 4_096;

    private readonly Workload _load;
    private readonly TTicket[] _tickets;
#pragma warning disable IDE0044 // A struct that may be mutable: a readonly field would be copied for each call.
    private TAllocator _allocator;
#pragma warning restore IDE0044
    private ulong _offsetSum;
    private int _failures;

    private WorkloadRun(Workload load)
    {
        _load = load;
        _tickets = new TTicket[load.Fill.Length];
        _allocator = TAllocator.Create(load.RangeUnits, load.Fill.Length);
    }

    public static Measurement Measure(Workload load)
    {
        WorkloadRun<TAllocator, TTicket> run = new(load);
        return load.InOrder ? run.MeasureInOrder() : run.MeasurePairs();
    }

    private Measurement MeasurePairs()
    {
        InPieces(_load.Fill.Length, FillPiece);
        _failures = 0;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < _load.Picks.Length; i += PieceLength)
        {
            PairPiece(i, Math.Min(PieceLength, _load.Picks.Length - i));
        }

        double ns = Stopwatch.GetElapsedTime(start).TotalNanoseconds / _load.Picks.Length;
        double cpuNs = (Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds / _load.Picks.Length;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return Finish(ns, 0, bytes) with { CpuNsPerPair = cpuNs };
    }

    private Measurement MeasureInOrder()
    {
        int count = _load.Fill.Length;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i += PieceLength)
        {
            FillPiece(i, Math.Min(PieceLength, count - i));
        }

        double allocateNs = Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Measurement filled = Finish(0, 0, bytes);
        start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i += PieceLength)
        {
            FreePiece(i, Math.Min(PieceLength, count - i));
        }

        double freeNs = Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
        return filled with { NsPerPair = allocateNs + freeNs, NsPerFree = freeNs };
    }

    private static void InPieces(int count, Action<int, int> piece)
    {
        for (int i = 0; i < count; i += PieceLength)
        {
            piece(i, Math.Min(PieceLength, count - i));
        }
    }

    private void FillPiece(int first, int count)
    {
        ReadOnlySpan<uint> sizes = _load.Fill.AsSpan(first, count);
        Span<TTicket> tickets = _tickets.AsSpan(first, count);
        for (int i = 0; i < sizes.Length && i < tickets.Length; i++)
        {
            Allocate(sizes[i], ref tickets[i]);
        }
    }

    private void FreePiece(int first, int count)
    {
        foreach (ref TTicket ticket in _tickets.AsSpan(first, count))
        {
            if (TAllocator.IsLive(in ticket))
            {
                _allocator.Free(ref ticket);
            }
        }
    }

    private void PairPiece(int first, int count)
    {
        ReadOnlySpan<int> picks = _load.Picks.AsSpan(first, count);
        ReadOnlySpan<uint> sizes = _load.Sizes.AsSpan(first, count);
        for (int i = 0; i < picks.Length && i < sizes.Length; i++)
        {
            ref TTicket ticket = ref _tickets[picks[i]];
            if (TAllocator.IsLive(in ticket))
            {
                _allocator.Free(ref ticket);
            }

            Allocate(sizes[i], ref ticket);
        }
    }

    private void Allocate(uint sizeUnits, ref TTicket ticket)
    {
        if (_allocator.TryAllocate(sizeUnits, ref ticket, out ulong offset))
        {
            _offsetSum += offset;
        }
        else
        {
            _failures++;
        }
    }

    private Measurement Finish(double nsPerPair, double nsPerFree, long managedBytes)
    {
        ulong[] sizes = new ulong[_tickets.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = _load.Fill[i];
        }

        for (int i = 0; i < _load.Picks.Length; i++)
        {
            sizes[_load.Picks[i]] = _load.Sizes[i];
        }

        int live = CheckExtents(sizes);
        ulong free = _allocator.FreeUnits;
        double fragmentation = free == 0 ? 1 : (double)_allocator.LargestFreeUnits / free;
        return new Measurement(
            nsPerPair,
            0,
            nsPerFree,
            _failures,
            fragmentation,
            (double)_allocator.MetadataBytes / Math.Max(live, 1),
            managedBytes,
            _offsetSum);
    }

    /// <summary>Throws unless every live allocation has its size, lies inside the range and overlaps no other.</summary>
    private int CheckExtents(ulong[] sizes)
    {
        List<(ulong Start, ulong Size)> all = [];
        int live = 0;
        for (int i = 0; i < _tickets.Length; i++)
        {
            if (!TAllocator.IsLive(in _tickets[i]))
            {
                continue;
            }

            int first = all.Count;
            _allocator.Extents(in _tickets[i], all);
            ulong sum = 0;
            for (int j = first; j < all.Count; j++)
            {
                sum += all[j].Size;
            }

            Require(sum >= sizes[i], $"slot {i} holds {sum} units instead of {sizes[i]}");
            live++;
        }

        all.Sort();
        ulong end = 0;
        foreach ((ulong start, ulong size) in all)
        {
            Require(start >= end, $"the extent at {start} overlaps the one that ends at {end}");
            end = start + size;
        }

        Require(end <= _load.RangeUnits, $"an extent ends at {end}, outside the range");
        string? fault = _allocator.Validate();
        Require(fault is null, fault ?? string.Empty);
        return live;
    }

    private void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"{typeof(TAllocator).Name} on {_load.Name}: {what}.");
        }
    }
}
