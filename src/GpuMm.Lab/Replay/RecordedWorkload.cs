using System;
using System.Collections.Generic;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Traces.Recording;

namespace GpuMm.Lab.Replay;

/// <summary>A seeded program that uses all of a device: makes, maps, writes, draws with, pins, advises and drops textures.</summary>
/// <remarks>More than fits into video memory, so that every frame moves something. One thread.</remarks>
public sealed class RecordedWorkload
{
    private readonly GpuDevice _device;
    private readonly SimulatedDriver _driver;
    private readonly SubmissionQueue _queue;
    private readonly AddressSpace _space;
    private readonly Prng _random;
    private readonly DeviceRecorder? _recorder;
    private readonly List<(BufferObject Object, VmArea Area)> _textures = [];
    private readonly byte[] _read = new byte[64];
    private Fence _lastFrame;
    private Fence _frameBefore;

    /// <summary>Sets the program up.</summary>
    /// <param name="device">A fresh device on a simulated machine.</param>
    /// <param name="driver">The machine.</param>
    /// <param name="seed">Decides everything.</param>
    /// <param name="recorder">Hears the bytes written; null when nobody records.</param>
    public RecordedWorkload(GpuDevice device, SimulatedDriver driver, ulong seed, DeviceRecorder? recorder)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(driver);
        _device = device;
        _driver = driver;
        _queue = new SubmissionQueue(driver);
        _space = device.CreateAddressSpace();
        _random = new Prng(seed);
        _recorder = recorder;
    }

    /// <summary>Textures alive.</summary>
    public int TextureCount => _textures.Count;

    /// <summary>Runs some frames.</summary>
    /// <param name="frames">How many; 1 or more.</param>
    /// <param name="textureBytes">Bytes of textures that are kept alive, about.</param>
    /// <returns><see cref="MmStatus.Ok"/>, or what a submission answered.</returns>
    public MmStatus Run(int frames, ulong textureBytes)
    {
        for (int frame = 0; frame < frames; frame++)
        {
            Populate(textureBytes);
            Touch();
            MmStatus status = Draw();
            if (status != MmStatus.Ok)
            {
                return status;
            }

            if (Roll(4) == 0 && _textures.Count > 8)
            {
                Drop((int)Roll((ulong)_textures.Count));
            }
        }

        _driver.WaitFence(_lastFrame);
        return MmStatus.Ok;
    }

    private void Populate(ulong textureBytes)
    {
        ulong alive = 0;
        foreach ((BufferObject each, _) in _textures)
        {
            alive += each.SizeBytes;
        }

        for (int made = 0; made < 4 && alive < textureBytes; made++)
        {
            ulong size = (1ul << (int)(14 + Roll(7))) + (Roll(4) * Pages.SizeBytes);
            OperationContext context = default;
            BufferObjectDescription description = new(size, $"texture {_textures.Count}", Priority: (int)Roll(3), ClientId: 1 + (int)Roll(2));
            Placement first = Roll(2) == 0 ? Placement.System : Placement.VramThenGtt;
            if (_device.TryCreate(description, first, ref context, out BufferObject? texture) != MmStatus.Ok)
            {
                return;
            }

            _recorder?.Track(texture!);
            _textures.Add((texture!, texture!.Map(_space)));
            Write(_textures.Count - 1, 0, (int)Math.Min(size, 1 << 16));
            alive += texture.SizeBytes;
        }
    }

    private void Touch()
    {
        for (ulong i = 0; i < 3 && _textures.Count > 0; i++)
        {
            int index = (int)Roll((ulong)_textures.Count);
            (BufferObject texture, VmArea area) = _textures[index];
            ulong offset = Roll(texture.SizeBytes - 64);
            switch (Roll(6))
            {
                case 0:
                    _space.Read(area.StartAddress + offset, _read);
                    break;
                case 1 or 2:
                    Write(index, offset, 64);
                    break;
                case 3:
                    Reserved(texture, static (t, roll) => t.Advise(roll % 2 == 0 ? MemoryAdvice.WillNeed : MemoryAdvice.DontNeed));
                    Reserved(texture, static (t, _) => t.Advise(MemoryAdvice.WillNeed));
                    break;
                case 4:
                    Reserved(texture, static (t, _) => t.Bump());
                    break;
                default:
                    PinForAWhile(texture);
                    break;
            }
        }
    }

    private static void PinForAWhile(BufferObject texture)
    {
        OperationContext context = default;
        texture.Reserve();
        if (texture.Validate(Placement.GttThenSystem, ref context) == MmStatus.Ok)
        {
            texture.Pin();
            texture.Unpin();
        }

        texture.Unreserve();
    }

    private MmStatus Draw()
    {
        _driver.WaitFence(_frameBefore);
        _driver.Clock.Advance(500_000);
        List<TextureUse> uses = [];
        int first = (int)Roll((ulong)_textures.Count);
        for (int i = 0; i < Math.Min(12, _textures.Count); i++)
        {
            BufferObject texture = _textures[(first + i) % _textures.Count].Object;
            uses.Add(new TextureUse(texture, texture.SizeBytes / 2));
        }

        MmStatus status = _queue.Submit(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(uses), 2_000_000, out Fence fence);
        _frameBefore = _lastFrame;
        _lastFrame = fence;
        return status;
    }

    private void Drop(int index)
    {
        (BufferObject texture, VmArea area) = _textures[index];
        _textures.RemoveAt(index);
        _space.Unmap(area);
        texture.Release();
    }

    private void Write(int index, ulong offset, int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i += 8)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i), _random.Next());
        }

        _space.Write(_textures[index].Area.StartAddress + offset, bytes);
    }

    private void Reserved(BufferObject texture, Action<BufferObject, ulong> action)
    {
        texture.Reserve();
        action(texture, Roll(2));
        texture.Reservation.Unlock();
    }

    private ulong Roll(ulong below) => _random.Next() % below;
}
