using System;
using System.Collections.Generic;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Memory;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Calibration;

/// <summary>Times single copies on a device, as moves make them: between a buffer and an image, barriers and timestamps around.</summary>
/// <remarks>
/// The copies go around a ring of memory that no cache holds: what migrates was not used just now.
/// The device's time is checked against the time that the CPU waits for it: a copy cannot take longer than that, and one
/// that comes out faster than memory is a timestamp that was not taken where it should have been.
/// </remarks>
internal sealed class CopySampler : ICopyTimes, IDisposable
{
    // No memory that a copy can reach today is faster: HBM3e of one card has 8 TB/s.
    private const double BelievableBytesPerNs = 10_000;

    // Each side of the ring: more than the last-level caches of processors and GPUs hold today, most of them.
    private const ulong RingBytes = 128ul << 20;
    private const ulong MaxPairs = 512;

    private readonly StoreRoom _room;
    private readonly CopyStream _stream;
    private readonly VulkanDevice _device;
    private long _lastNs;

    public CopySampler(VulkanDevice device)
    {
        _device = device;
        _room = new StoreRoom(device);
        _stream = new CopyStream(device) { Times = this };
    }

    /// <summary>Times copies of one size and way.</summary>
    /// <param name="path">The way.</param>
    /// <param name="sizeBytes">Whole pages.</param>
    /// <param name="into">Receives one time per copy, ns. One more copy goes first and is not counted.</param>
    /// <exception cref="VulkanException">The device failed, or its timestamps cannot be believed.</exception>
    public void Sample(CopyPath path, ulong sizeBytes, Span<long> into)
    {
        uint pages = (uint)(sizeBytes >> 12);
        (MemoryDomain from, MemoryDomain to) = path switch
        {
            CopyPath.ToDevice => (MemoryDomain.Gtt, MemoryDomain.Vram),
            CopyPath.ToHost => (MemoryDomain.Vram, MemoryDomain.Gtt),
            _ => (MemoryDomain.Vram, MemoryDomain.Vram),
        };
        int pairs = (int)Math.Clamp(RingBytes / sizeBytes, 2, MaxPairs);
        List<Store> sources = [];
        List<Store> targets = [];
        try
        {
            for (int i = 0; i < pairs; i++)
            {
                sources.Add(Make(from, pages));
                targets.Add(Make(to, pages));
                Fill(sources[i]);
                Fill(targets[i]); // Memory that was never touched would be found while it is timed.
            }

            for (int i = 0; i <= into.Length; i++)
            {
                long ns = Once(path, sources[i % pairs], targets[i % pairs]);
                if (i > 0)
                {
                    into[i - 1] = ns;
                }
            }
        }
        finally
        {
            if (!_device.IsLost)
            {
                _stream.WaitAll();
            }

            sources.ForEach(store => _room.Destroy(store));
            targets.ForEach(store => _room.Destroy(store));
        }
    }

    /// <inheritdoc/>
    public void OnCopied(in CopyTag tag, long durationNs) => _lastNs = durationNs;

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.WaitIdle();
        _room.Dispose();
        _stream.Dispose();
    }

    private Store Make(MemoryDomain domain, uint pages) => _room.Make(domain, pages, asImage: domain == MemoryDomain.Vram);

    private void Fill(in Store store)
    {
        CommandBuffer commands = _stream.Commands();
        CopyRecorder.Enter(_device, commands, default, store, isFresh: true);
        if (store.IsImage && !_device.ClearsImages)
        {
            Store zeroes = _room.Make(MemoryDomain.Vram, store.PageCount, asImage: false);
            CopyRecorder.Clear(_device, commands, zeroes);
            _stream.Barrier();
            CopyRecorder.Copy(_device, commands, zeroes, store);
            _room.Retire(zeroes, _stream.NextValue);
        }
        else
        {
            CopyRecorder.Clear(_device, commands, store);
        }

        CopyRecorder.Leave(_device, commands, default, store);
        _stream.WaitAll();
        _room.Collect(_stream.DoneValue);
    }

    private long Once(CopyPath path, in Store source, in Store target)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        CommandBuffer commands = _stream.CommandsForTimed();
        bool clears = path == CopyPath.Clear && (_device.ClearsImages || !target.IsImage);
        CopyRecorder.Enter(_device, commands, clears ? default : source, target, isFresh: true);
        _stream.BeginTimed(new CopyTag(0, source.Domain, target.Domain, target.SizeBytes, 0));
        if (clears)
        {
            CopyRecorder.Clear(_device, commands, target);
        }
        else
        {
            CopyRecorder.Copy(_device, commands, source, target);
        }

        CopyRecorder.Leave(_device, commands, clears ? default : source, target);
        _stream.EndTimed();
        _lastNs = -1;
        _stream.WaitAll();
        long waitedNs = (long)System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        if (_lastNs < 0)
        {
            return waitedNs; // A queue without timestamps: what the CPU waits is what there is.
        }

        if (_lastNs > waitedNs + 1_000 || target.SizeBytes > _lastNs * BelievableBytesPerNs)
        {
            throw new VulkanException(
                $"the timestamps cannot be believed: {target.SizeBytes} bytes in {_lastNs} ns by the device's clock, {waitedNs} ns by the CPU's");
        }

        return _lastNs;
    }
}
