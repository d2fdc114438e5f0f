using System;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Memory;
using Silk.NET.Vulkan;

namespace GpuMm.Benchmarks.Mirror;

/// <summary>
/// The same copies and nothing else: memory made once, no timestamps, as many copies a submission as the mirror has, waited for at the end.
/// </summary>
internal sealed class BareCopies : IDisposable
{
    private readonly VulkanDevice _device;
    private readonly StoreRoom _room;
    private readonly CopyStream _stream;
    private readonly Store[] _images;
    private readonly Store[] _buffers;
    private bool _isFresh = true;

    public BareCopies(VulkanDevice device, ulong[] sizes)
    {
        _device = device;
        _room = new StoreRoom(device);
        _stream = new CopyStream(device);
        _images = Array.ConvertAll(sizes, size => _room.Make(MemoryDomain.Vram, (uint)(size >> 12), asImage: true));
        _buffers = Array.ConvertAll(sizes, size => _room.Make(MemoryDomain.Gtt, (uint)(size >> 12), asImage: false));
        foreach (Store image in _images)
        {
            CopyRecorder.Enter(device, _stream.Commands(), default, image, isFresh: true);
            CopyRecorder.Clear(device, _stream.Commands(), image);
            CopyRecorder.Leave(device, _stream.Commands(), default, image);
        }

        _stream.WaitAll();
    }

    public void Run(int passes)
    {
        int recorded = 0;
        for (int pass = 0; pass < passes; pass++)
        {
            for (int i = 0; i < _images.Length; i++)
            {
                CommandBuffer commands = _stream.Commands();
                Store from = (pass & 1) == 0 ? _images[i] : _buffers[i];
                Store to = (pass & 1) == 0 ? _buffers[i] : _images[i];
                CopyRecorder.Enter(_device, commands, from, to, _isFresh);
                CopyRecorder.Copy(_device, commands, from, to);
                CopyRecorder.Leave(_device, commands, from, to);
                if (++recorded % CopyStream.MaxTimed == 0)
                {
                    _stream.Flush();
                }
            }
        }

        _stream.WaitAll();
        _isFresh = false;
    }

    public void Dispose()
    {
        _stream.WaitAll();
        foreach (Store store in _images)
        {
            _room.Destroy(store);
        }

        foreach (Store store in _buffers)
        {
            _room.Destroy(store);
        }

        _room.Dispose();
        _stream.Dispose();
    }
}
