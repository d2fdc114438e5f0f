using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using GpuMm.Primitives;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Memory;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Calibration;

/// <summary>Times copies on a device, as moves make them: between a buffer and an image, barriers and timestamps around.</summary>
/// <remarks>
/// Copies of all sizes and ways go in batches, in several orders, as migrations do: a small copy behind a large one finds the
/// caches full of the other's bytes and takes up to twice as long as one behind a small one.
/// The device's time is checked against the time that the CPU waits for it: copies cannot take longer than that, and ones
/// that come out faster than memory are timestamps that were not taken where they should have been.
/// </remarks>
internal sealed class CopySampler : ICopyTimes, IDisposable
{
    // No memory that a copy can reach today is faster: HBM3e of one card has 8 TB/s.
    private const double BelievableBytesPerNs = 10_000;

    // What a round touches: more than the last-level caches of processors and GPUs hold today, most of them.
    private const ulong RoundBytes = 128ul << 20;

    /// <summary>Orders in which the copies go.</summary>
    public const int OrderCount = 6;

    private readonly StoreRoom _room;
    private readonly CopyStream _stream;
    private readonly VulkanDevice _device;
    private readonly CopySeries[] _series;
    private readonly int _sizeCount;
    private readonly int _pathCount;
    private readonly List<CopyPair> _pairs = []; // As many for each size as make a round's bytes.
    private readonly int[][] _orders = new int[OrderCount][];
    private readonly Prng _prng;
    private int _rounds;
    private int _order; // Of the round.
    private long _sumNs; // Of the round.
    private ulong _sumBytes;

    /// <summary>Makes the memory of the copies, and touches it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="sizes">How large; whole pages each. Memory for the sum of them is taken on either side, for each way.</param>
    /// <param name="paths">Which ways.</param>
    /// <param name="seed">Decides the order.</param>
    /// <exception cref="VulkanException">The device failed, for instance has not so much memory.</exception>
    public CopySampler(VulkanDevice device, IReadOnlyList<ulong> sizes, IReadOnlyList<CopyPath> paths, ulong seed)
    {
        _device = device;
        _prng = new Prng(seed);
        _sizeCount = sizes.Count;
        _pathCount = paths.Count;
        _room = new StoreRoom(device);
        _stream = new CopyStream(device) { Times = this };
        _series = [.. sizes.SelectMany((size, pair) => paths.Select(path => new CopySeries(path, size, pair)))];
        for (int order = 0; order < OrderCount; order++)
        {
            _orders[order] = [.. Enumerable.Range(0, _series.Length)];
            Shuffle(_orders[order]);
        }

        for (int order = 0; order < OrderCount; order++)
        {
            int before = _orders[(order + OrderCount - 1) % OrderCount][^1]; // The round before had the order before.
            foreach (int index in _orders[order])
            {
                _series[index].Follows(order, _series[before].SizeBytes);
                before = index;
            }
        }

        try
        {
            ulong sum = sizes.Aggregate(0ul, static (sum, size) => sum + size);
            for (ulong made = 0; made < sum * (ulong)paths.Count || made < RoundBytes; made += sum)
            {
                foreach (ulong size in sizes)
                {
                    _pairs.Add(MakePair((uint)(size >> 12)));
                    Touch(_pairs[^1]);
                }
            }
        }
        catch (VulkanException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The times so far.</summary>
    public IReadOnlyList<CopySeries> Series => _series;

    /// <summary>Does a copy of each size and way, in the order whose turn it is.</summary>
    /// <param name="isCounted">False: nothing is noted, as of a first round, which finds everything cold.</param>
    /// <exception cref="VulkanException">The device failed, or its timestamps cannot be believed.</exception>
    public void Round(bool isCounted = true)
    {
        int[] order = _orders[_order = _rounds % OrderCount];
        int firstPair = _rounds * _sizeCount % _pairs.Count;
        _rounds++;
        (_sumNs, _sumBytes) = (0, 0);
        long start = Stopwatch.GetTimestamp();
        long last = start;
        foreach (int index in order)
        {
            CopySeries series = _series[index];

            // Each way between stores of its own: what the way before it touched would still be in the caches.
            int pair = (firstPair + (index % _pathCount * _sizeCount)) % _pairs.Count;
            Record(series.Path, _pairs[pair + series.Pair], TagOf(index, isCounted));
            if (_device.TimestampBits == 0)
            {
                // What the CPU waits is what there is.
                _stream.WaitAll();
                OnCopied(new CopyTag(TagOf(index, isCounted), default, default, series.SizeBytes, 0), (long)Stopwatch.GetElapsedTime(last).TotalNanoseconds);
                last = Stopwatch.GetTimestamp();
            }
        }

        _stream.WaitAll();
        long waitedNs = (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        if (_device.TimestampBits > 0 && (_sumNs > waitedNs + 1_000 || _sumBytes > _sumNs * BelievableBytesPerNs))
        {
            throw new VulkanException(
                $"the timestamps cannot be believed: {_sumBytes} bytes in {_sumNs} ns by the device's clock, {waitedNs} ns by the CPU's");
        }
    }

    /// <inheritdoc/>
    public void OnCopied(in CopyTag tag, long durationNs)
    {
        _sumNs += durationNs;
        _sumBytes += tag.SizeBytes;
        if (tag.ObjectId > 0)
        {
            _series[tag.ObjectId - 1].Add(_order, durationNs);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.WaitIdle(); // Does not throw: whatever failed, all is given back.
        foreach (CopyPair pair in _pairs)
        {
            Destroy(pair.Host);
            Destroy(pair.Device);
            Destroy(pair.Zeroes);
        }

        _pairs.Clear();
        _room.Dispose();
        _stream.Dispose();
    }

    private void Shuffle(int[] order)
    {
        for (int i = order.Length - 1; i > 0; i--)
        {
            int other = (int)_prng.Below((uint)(i + 1));
            (order[i], order[other]) = (order[other], order[i]);
        }
    }

    private static ulong TagOf(int index, bool isCounted) => isCounted ? (ulong)index + 1 : 0;

    private CopyPair MakePair(uint pages)
    {
        CopyPair pair = default;
        try
        {
            pair = pair with { Host = _room.Make(MemoryDomain.Gtt, pages, asImage: false) };
            pair = pair with { Device = _room.Make(MemoryDomain.Vram, pages, asImage: true) };
            if (pair.Device.IsImage && !_device.ClearsImages)
            {
                pair = pair with { Zeroes = _room.Make(MemoryDomain.Vram, pages, asImage: false) };
            }
        }
        catch (VulkanException)
        {
            Destroy(pair.Host);
            Destroy(pair.Device);
            throw;
        }

        return pair;
    }

    // Memory that was never touched would be found while it is timed.
    private void Touch(in CopyPair pair)
    {
        CommandBuffer commands = _stream.Commands();
        CopyRecorder.Enter(_device, commands, default, pair.Device, isFresh: true);
        CopyRecorder.Clear(_device, commands, pair.Host);
        Clear(commands, pair);
        CopyRecorder.Leave(_device, commands, default, pair.Device);
        _stream.WaitAll();
    }

    private void Destroy(in Store store)
    {
        if (store.Exists)
        {
            _room.Destroy(store);
        }
    }

    // A queue that only copies fills buffers, not images: zeroes come from a buffer beside it, as in the mirror.
    private void Clear(CommandBuffer commands, in CopyPair pair)
    {
        if (!pair.Zeroes.Exists)
        {
            CopyRecorder.Clear(_device, commands, pair.Device);
            return;
        }

        CopyRecorder.Clear(_device, commands, pair.Zeroes);
        _stream.Barrier();
        CopyRecorder.Copy(_device, commands, pair.Zeroes, pair.Device);
    }

    private void Record(CopyPath path, in CopyPair pair, ulong id)
    {
        Store source = path switch
        {
            CopyPath.ToDevice => pair.Host,
            CopyPath.ToHost => pair.Device,
            _ => default,
        };
        Store target = path == CopyPath.ToHost ? pair.Host : pair.Device;
        CommandBuffer commands = _stream.EnterTimed(source, target);
        _stream.BeginTimed(new CopyTag(id, source.Domain, target.Domain, target.SizeBytes, 0));
        if (path == CopyPath.Clear)
        {
            Clear(commands, pair);
        }
        else
        {
            CopyRecorder.Copy(_device, commands, source, target);
        }

        _stream.EndTimed(source, target);
    }

    /// <summary>The two sides of copies of one size.</summary>
    /// <param name="Host">In the aperture.</param>
    /// <param name="Device">In video memory; an image where the device makes one that large.</param>
    /// <param name="Zeroes">Where the device's queue cannot clear an image, a buffer of its size.</param>
    private readonly record struct CopyPair(Store Host, Store Device, Store Zeroes);
}
