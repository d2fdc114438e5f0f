using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Text;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Recording;

/// <summary>Records everything a device does and decides, as native trace, while it runs.</summary>
/// <remarks>
/// Add it before the first address space is made: it hears CPU accesses. A device hands out its events one at a time, so no
/// lock of its own is needed while it listens. Bytes that the CPU writes are recorded for objects that the program names with
/// <see cref="Track"/>; without them a replay has the same places and times, but not the same bytes. Of a name that no trace
/// can hold the start is recorded. An error of the disk does not disturb the device: recording stops, and
/// <see cref="Failure"/> tells.
/// </remarks>
public sealed class DeviceRecorder : IDeviceObserver, IDisposable
{
    private const int SureNameLength = GmmtLayout.MaxNameBytes / 3; // A character takes 3 bytes at most.

    private readonly GpuDevice _device;
    private readonly GmmtWriter _writer;
    private readonly ConcurrentDictionary<ulong, BufferObject> _tracked = []; // Named by programs while others' events come in
    private bool _isListening;

    /// <summary>Starts to record.</summary>
    /// <param name="device">The device.</param>
    /// <param name="writer">Where to; disposed with the recorder.</param>
    public DeviceRecorder(GpuDevice device, GmmtWriter writer)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(writer);
        _device = device;
        _writer = writer;
        device.AddObserver(this);
        _isListening = true;
    }

    /// <inheritdoc/>
    public bool WantsAccesses => true;

    /// <summary>Events recorded.</summary>
    public long EventCount => _writer.EventCount;

    /// <summary>Why recording stopped before its end; null while it goes on.</summary>
    public IOException? Failure { get; private set; }

    /// <summary>What a recording should tell of its device, so that it can be replayed on an equal one.</summary>
    /// <param name="options">The device's options.</param>
    /// <param name="machine">The name of the machine; null for none.</param>
    public static SortedDictionary<string, string> Describe(GpuDeviceOptions options, string? machine)
    {
        ArgumentNullException.ThrowIfNull(options);
        IFormatProvider invariant = System.Globalization.CultureInfo.InvariantCulture;
        SortedDictionary<string, string> facts = new(StringComparer.Ordinal)
        {
            ["vram_bytes"] = options.VramBytes.ToString(invariant),
            ["visible_vram_bytes"] = (options.VisibleVramBytes ?? options.VramBytes).ToString(invariant),
            ["aperture_bytes"] = options.ApertureBytes.ToString(invariant),
            ["system_bytes"] = options.SystemBytes.ToString(invariant),
            ["vram_allocator"] = options.VramAllocator.ToString(),
            ["aperture_allocator"] = options.ApertureAllocator.ToString(),
            ["backing"] = options.Backing.ToString(),
            ["policy"] = options.EvictionPolicy,
            ["protected_groups_evict_first"] = Word(options.ProtectedGroupsEvictFirst),
            ["page_pool_bytes"] = options.PagePoolBytes.ToString(invariant),
            ["pool_uses_dma_allocator"] = Word(options.PoolUsesDmaAllocator),
            ["pool_uses_dma32"] = Word(options.PoolUsesDma32),
            ["dma32_limit_bytes"] = options.Dma32LimitBytes.ToString(invariant),
            ["gart"] = options.Gart.ToString(),
            ["dma_base_bytes"] = options.DmaBaseBytes.ToString(invariant),
            ["mappable_pages"] = options.MappablePages.ToString(invariant),
            ["move_wait_limit_ns"] = options.MoveWaitLimitNs.ToString(invariant),
            ["release_wait_limit_ns"] = options.ReleaseWaitLimitNs.ToString(invariant),
            ["propagate_no_space"] = Word(options.PropagateNoSpace),
            ["source"] = "device",
        };
        AddLimits(facts, options);
        if (machine is not null)
        {
            facts["machine"] = machine;
        }

        return facts;
    }

    // What a device has no limit of is left out.
    private static void AddLimits(SortedDictionary<string, string> facts, GpuDeviceOptions options)
    {
        IFormatProvider invariant = System.Globalization.CultureInfo.InvariantCulture;
        if (options.IoWindowBytes is { } windowBytes)
        {
            facts["io_window_bytes"] = windowBytes.ToString(invariant);
        }

        if (options.PageLimitBytes is { } limitBytes)
        {
            facts["page_limit_bytes"] = limitBytes.ToString(invariant);
        }

        if (options.Swap is { } swap)
        {
            facts["swap_pages"] = swap.LimitPages.ToString(invariant);
        }
    }

    private static string Word(bool isSo) => isSo ? "true" : "false";

    /// <summary>Has the bytes recorded that the CPU writes into an object.</summary>
    /// <param name="target">The object. One thread at a time writes into it and moves it.</param>
    public void Track(BufferObject target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _tracked[target.Id] = target;
    }

    /// <inheritdoc/>
    public void OnEvent(in DeviceEvent occurred)
    {
        if (Failure is not null)
        {
            return;
        }

        try
        {
            TraceEvent e = DeviceEvents.ToTrace(occurred);
            if (e.Name is { Length: > SureNameLength } name && Encoding.UTF8.GetByteCount(name) > GmmtLayout.MaxNameBytes)
            {
                e = e with { Name = name[..SureNameLength] };
            }

            bool isWrite = occurred.Kind is DeviceEventKind.CpuAccess or DeviceEventKind.RemoteAccess && (occurred.Detail & 1) != 0;
            if (isWrite && _tracked.TryGetValue(occurred.ObjectId, out BufferObject? target))
            {
                WriteContents(e, target);
                return;
            }

            if (occurred.Kind == DeviceEventKind.ObjectDestroyed)
            {
                _tracked.TryRemove(occurred.ObjectId, out _);
            }

            _writer.Write(e);
        }
        catch (IOException failure)
        {
            Failure = failure;
        }
    }

    /// <summary>Stops listening and writes the end of the file.</summary>
    /// <exception cref="IOException">The disk failed, now or earlier.</exception>
    public void Complete()
    {
        Stop();
        if (Failure is not null)
        {
            throw Failure;
        }

        _writer.Complete();
    }

    /// <summary>Stops listening; without <see cref="Complete"/> the file has no end, but all its blocks.</summary>
    public void Dispose()
    {
        Stop();
        _writer.Dispose();
    }

    private void Stop()
    {
        if (_isListening)
        {
            _isListening = false;
            _device.RemoveObserver(this);
        }
    }

    // The device has the bytes already; a long run is split, for an event holds 4 MiB at most.
    private void WriteContents(in TraceEvent e, BufferObject target)
    {
        const ulong MaxBytes = GmmtLayout.MaxContentsBytes;
        const ulong GoesOn = 2;
        for (ulong done = 0; done < e.SizeBytes; done += MaxBytes)
        {
            byte[] contents = new byte[Math.Min(MaxBytes, e.SizeBytes - done)];
            Read(target, e.OffsetBytes + done, contents);
            ulong sizeBytes = (ulong)contents.Length;
            _writer.Write(e with
            {
                OffsetBytes = e.OffsetBytes + done,
                RelatedId = e.RelatedId + done,
                SizeBytes = sizeBytes,
                Detail = e.Detail | (done + sizeBytes < e.SizeBytes ? GoesOn : 0),
                Contents = contents,
            });
        }
    }

    private void Read(BufferObject target, ulong offset, Span<byte> into)
    {
        while (!into.IsEmpty && offset < target.SizeBytes)
        {
            ulong inPage = offset % Pages.SizeBytes;
            int count = (int)Math.Min((ulong)into.Length, Pages.SizeBytes - inPage);
            FrameIndex frame = target.FrameAt(offset >> Pages.Shift, out ulong run);
            if (run > 0)
            {
                _device.Memory.Read(frame, inPage, into[..count]);
            }

            into = into[count..];
            offset += (ulong)count;
        }
    }
}
