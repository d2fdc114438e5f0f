using System;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Memory;
using Silk.NET.Vulkan;

namespace GpuMm.Benchmarks.Mirror;

/// <summary>
/// The same copies without a manager: what a device does by itself. The images and buffers are made once, and what a
/// <see cref="BareKind"/> asks for beyond that is done for each copy as the mirror does it.
/// </summary>
internal sealed class BareCopies : ICopyTimes, IDisposable
{
    private readonly VulkanDevice _device;
    private readonly BareKind _kind;
    private readonly StoreRoom _room;
    private readonly CopyStream _stream;
    private readonly Store[] _near; // In video memory.
    private readonly Store[] _far; // In the aperture. With stores made anew one of the two is empty at a time.

    public BareCopies(VulkanDevice device, ulong[] sizes, BareKind kind)
    {
        _device = device;
        _kind = kind;
        _room = new StoreRoom(device);
        _stream = new CopyStream(device, kind.HasFlag(BareKind.Timestamps)) { Times = this, SharesTimestamps = device.Info.IsSoftware };
        _near = Array.ConvertAll(sizes, size => _room.Make(MemoryDomain.Vram, (uint)(size >> 12), kind.HasFlag(BareKind.Images)));
        _far = Array.ConvertAll(sizes, size => kind.HasFlag(BareKind.MadeAnew) ? default : MakeFar((uint)(size >> 12)));
        foreach (Store store in _near)
        {
            CopyRecorder.Enter(device, _stream.Commands(), default, store, isFresh: true);
            CopyRecorder.Clear(device, _stream.Commands(), store);
            CopyRecorder.Leave(device, _stream.Commands(), default, store);
        }

        _stream.WaitAll();
    }

    /// <summary>Copies every object there, then every object back, and so on, and waits for the last.</summary>
    /// <param name="passes">How often.</param>
    public void Run(int passes)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            bool leaves = (pass & 1) == 0;
            for (int i = 0; i < _near.Length; i++)
            {
                ref Store from = ref leaves ? ref _near[i] : ref _far[i];
                ref Store to = ref leaves ? ref _far[i] : ref _near[i];
                if (_kind.HasFlag(BareKind.MadeAnew))
                {
                    if (_room.WaitingCount >= CopyStream.WorthCount && _stream.IsDone(_room.OldestValue))
                    {
                        _room.Collect(_stream.DoneValue);
                    }

                    to = leaves ? MakeFar(from.PageCount) : MakeNear(from.PageCount);
                }

                Record(from, to);
                if (_kind.HasFlag(BareKind.MadeAnew))
                {
                    _room.Retire(from, _stream.NextValue);
                    from = default;
                }

                if (_kind.HasFlag(BareKind.SubmittedAlone))
                {
                    _stream.Flush();
                }
            }
        }

        _stream.WaitAll();
    }

    /// <inheritdoc/>
    public void OnCopied(in CopyTag tag, long durationNs)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.WaitAll();
        foreach (Store store in (Store[])[.. _near, .. _far])
        {
            if (store.Exists)
            {
                _room.Destroy(store);
            }
        }

        _room.Dispose();
        _stream.Dispose();
    }

    private void Record(in Store from, in Store to)
    {
        // The stream ends a batch where it ends the mirror's, with timestamps and without.
        CommandBuffer commands = _stream.EnterTimed(from, to);
        CopyTag tag = new(0, from.Domain, to.Domain, to.SizeBytes, 0);
        _stream.BeginTimed(tag);
        CopyRecorder.Copy(_device, commands, from, to);
        _stream.EndTimed(default, to);
    }

    private Store MakeNear(uint pages) => _room.Make(MemoryDomain.Vram, pages, _kind.HasFlag(BareKind.Images));

    private Store MakeFar(uint pages) => _room.Make(MemoryDomain.Gtt, pages, asImage: false);
}
