using System;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Memory;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Passes;

/// <summary>Checksums each page of a store on the device, where it lies, whether it is an image or a buffer.</summary>
internal sealed unsafe class ChecksumPass : IDisposable
{
    private const uint RowGroups = 32_768; // shaders/checksum/mix.glsl counts pages the same way.

    private readonly VulkanDevice _device;
    private readonly StoreRoom _room;
    private readonly ShaderQueue _queue;
    private readonly PassLayout _bufferLayout;
    private readonly PassLayout _imageLayout;
    private readonly Pipeline _bufferPipeline;
    private readonly Pipeline _imagePipeline;
    private Store _result;

    public ChecksumPass(VulkanDevice device, StoreRoom room)
    {
        _device = device;
        _room = room;
        _queue = new ShaderQueue(device);
        _bufferLayout = new PassLayout(device, ShaderStageFlags.ComputeBit, sizeof(uint), DescriptorType.StorageBuffer, DescriptorType.StorageBuffer);
        _imageLayout = new PassLayout(device, ShaderStageFlags.ComputeBit, sizeof(uint), DescriptorType.SampledImage, DescriptorType.StorageBuffer);
        _bufferPipeline = _bufferLayout.Compute("checksum/buffer.comp");
        _imagePipeline = _imageLayout.Compute("checksum/image.comp");
    }

    /// <summary>System memory that the pass keeps for its answers, bytes.</summary>
    public ulong HeldBytes => _result.Exists ? _result.Piece.Range.SizeBytes : 0;

    /// <summary>Checksums a store. Copies into it must be done. Waits.</summary>
    /// <param name="store">The store.</param>
    /// <param name="into">One entry per page.</param>
    public void Run(in Store store, Span<ulong> into)
    {
        EnsureResult(store.PageCount);
        PassLayout layout = store.IsImage ? _imageLayout : _bufferLayout;
        ImageView view = default;
        try
        {
            if (store.IsImage)
            {
                view = _device.CreateView(store.Image, Format.R32Uint);
                layout.Bind(0, view);
            }
            else
            {
                layout.Bind(0, store.Buffer);
            }

            layout.Bind(1, _result.Buffer);
            CommandBuffer commands = _queue.Begin();
            _device.Passes.CmdBindPipeline(commands, PipelineBindPoint.Compute, store.IsImage ? _imagePipeline : _bufferPipeline);
            layout.Use(commands, PipelineBindPoint.Compute, store.PageCount);
            uint rows = (store.PageCount + RowGroups - 1) / RowGroups;
            _device.Passes.CmdDispatch(commands, Math.Min(store.PageCount, RowGroups), rows, 1);
            _queue.RunAndWait();
        }
        finally
        {
            if (view.Handle != 0)
            {
                _device.DestroyView(view);
            }
        }

        // Invariant: the result holds 8 bytes for each page, and the CPU sees it.
        new ReadOnlySpan<ulong>(_result.Address, (int)store.PageCount).CopyTo(into);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_result.Exists)
        {
            _room.Destroy(_result);
        }

        _bufferLayout.Destroy(_bufferPipeline);
        _imageLayout.Destroy(_imagePipeline);
        _bufferLayout.Dispose();
        _imageLayout.Dispose();
        _queue.Dispose();
    }

    private void EnsureResult(uint pageCount)
    {
        uint needed = (uint)(((ulong)pageCount * sizeof(ulong)) + 4095 >> 12);
        if (_result.PageCount < needed)
        {
            if (_result.Exists)
            {
                _room.Destroy(_result);
                _result = default;
            }

            _result = _room.Make(MemoryDomain.System, needed * 2, asImage: false);
        }
    }
}
