using System;
using System.Collections.Generic;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Memory;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Passes;

/// <summary>Draws textured quads offscreen, in the order given, with the textures where they lie on the device.</summary>
internal sealed unsafe class ScenePass : IDisposable
{
    /// <summary>Most quads of a picture.</summary>
    public const int MaxQuads = 1024;

    private readonly VulkanDevice _device;
    private readonly StoreRoom _room;
    private readonly ShaderQueue _queue;
    private readonly QuadSets _images;
    private readonly QuadSets _buffers;
    private readonly RenderTarget _target;
    private readonly Pipeline _imagePipeline;
    private readonly Pipeline _bufferPipeline;
    private readonly Pipeline _missingPipeline;

    public ScenePass(VulkanDevice device, StoreRoom room, uint width, uint height)
    {
        _device = device;
        _room = room;
        _queue = new ShaderQueue(device);
        _images = new QuadSets(device, DescriptorType.SampledImage, MaxQuads);
        _buffers = new QuadSets(device, DescriptorType.StorageBuffer, MaxQuads);
        _target = new RenderTarget(device, room, width, height);
        _imagePipeline = QuadPipeline.Create(device, _images.Layout, _target.Pass, "scene/image.frag", width, height);
        _bufferPipeline = QuadPipeline.Create(device, _buffers.Layout, _target.Pass, "scene/buffer.frag", width, height);
        _missingPipeline = QuadPipeline.Create(device, _buffers.Layout, _target.Pass, "scene/missing.frag", width, height);
    }

    public uint Width => _target.Width;

    public uint Height => _target.Height;

    /// <summary>Bytes of system memory that the pass keeps for pictures.</summary>
    public ulong HeldBytes => _target.HeldBytes;

    /// <summary>Draws. Copies into the textures must be done. Waits.</summary>
    /// <param name="quads">The quads, farthest first, at most <see cref="MaxQuads"/>.</param>
    /// <param name="rgba">Receives the picture, 4 bytes a pixel, top row first.</param>
    public void Draw(IReadOnlyList<SceneQuad> quads, Span<byte> rgba)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quads.Count, MaxQuads, nameof(quads));
        _images.Reset();
        _buffers.Reset();
        List<ImageView> views = [];
        try
        {
            CommandBuffer commands = _queue.Begin();
            _target.Begin(commands);
            foreach (SceneQuad quad in quads)
            {
                Draw(commands, quad, views);
            }

            _target.End(commands);
            _queue.RunAndWait();
        }
        finally
        {
            foreach (ImageView view in views)
            {
                _device.DestroyView(view);
            }
        }

        _target.Read(rgba);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.Passes.DestroyPipeline(_device.Handle, _imagePipeline, null);
        _device.Passes.DestroyPipeline(_device.Handle, _bufferPipeline, null);
        _device.Passes.DestroyPipeline(_device.Handle, _missingPipeline, null);
        _device.Counts.Others -= 3;
        _images.Dispose();
        _buffers.Dispose();
        _target.Dispose(_room);
        _queue.Dispose();
    }

    private void Draw(CommandBuffer commands, in SceneQuad quad, List<ImageView> views)
    {
        PassFunctions passes = _device.Passes;
        QuadSets sets = quad.Texture.IsImage ? _images : _buffers;
        passes.CmdBindPipeline(
            commands,
            PipelineBindPoint.Graphics,
            !quad.Texture.Exists ? _missingPipeline : quad.Texture.IsImage ? _imagePipeline : _bufferPipeline);
        if (quad.Texture.IsImage)
        {
            ImageView view = _device.CreateView(quad.Texture.Image, Format.R32Uint);
            views.Add(view);
            sets.Bind(commands, view);
        }
        else if (quad.Texture.Exists)
        {
            sets.Bind(commands, quad.Texture.Buffer);
        }

        QuadConstants constants = quad.Constants;
        passes.CmdPushConstants(
            commands, sets.Layout, ShaderStageFlags.VertexBit | ShaderStageFlags.FragmentBit, 0, (uint)sizeof(QuadConstants), &constants);
        passes.CmdDraw(commands, 4, 1, 0, 0);
    }
}
