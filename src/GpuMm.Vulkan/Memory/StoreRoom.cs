using System;
using System.Collections.Generic;
using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;
using VkBuffer = Silk.NET.Vulkan.Buffer;

namespace GpuMm.Vulkan.Memory;

/// <summary>Makes stores in the three domains' pools, and gives them back once the device is done with them.</summary>
/// <remarks>
/// The space of a retired store in video memory or the aperture is free at once, as in the manager: whoever takes it is
/// written by a later copy of the same queue. Only the CPU must not write there before <see cref="BusyUntil"/>. Space
/// in system memory, where the CPU writes what is to be uploaded, waits. Small stores are parked whole for the next of
/// their size, a few of them, until the pool needs their space. One thread. No managed allocation in the steady state.
/// </remarks>
internal sealed class StoreRoom : IDisposable
{
    private readonly VulkanDevice _device;
    private readonly DomainPool[] _pools;
    private readonly ParkedStores[] _parked = [new(), new(), new()];
    private readonly Queue<(Store Store, ulong Value)> _waiting = new(2048);
    private readonly ulong[] _busyUntil = new ulong[3];

    // What the device answered for a size: it answers the same for every buffer or image that is made alike.
    private readonly Dictionary<(uint PageCount, bool IsImage), MemoryRequirements> _needs = [];

    public StoreRoom(VulkanDevice device, ulong blockBytes = DomainPool.UsualBlockBytes)
    {
        _device = device;
        _pools =
        [
            new DomainPool(device, MemoryDomain.System, blockBytes),
            new DomainPool(device, MemoryDomain.Gtt, blockBytes),
            new DomainPool(device, MemoryDomain.Vram, blockBytes),
        ];
    }

    /// <summary>Stores that wait for the device to be done with them.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>Bytes that those still hold.</summary>
    public ulong WaitingBytes { get; private set; }

    /// <summary>The point that the one that waits longest waits for; 0 for none.</summary>
    public ulong OldestValue => _waiting.TryPeek(out (Store Store, ulong Value) oldest) ? oldest.Value : 0;

    public DomainPool Pool(MemoryDomain domain) => _pools[(int)domain];

    /// <summary>Bytes of a domain's pool that parked stores hold.</summary>
    public ulong ParkedBytes(MemoryDomain domain) => _parked[(int)domain].Bytes;

    /// <summary>Makes a store.</summary>
    /// <param name="domain">Where.</param>
    /// <param name="pageCount">How large; at least 1.</param>
    /// <param name="asImage">An image if the device can make one that large, else a buffer.</param>
    /// <exception cref="VulkanException">The device has no more memory; nothing stays behind.</exception>
    public Store Make(MemoryDomain domain, uint pageCount, bool asImage)
    {
        bool isImage = asImage && pageCount <= (uint)_device.Info.MaxImageDimension;
        return _parked[(int)domain].TryTake(pageCount, isImage, out Store parked) ? parked
            : isImage ? MakeImage(domain, pageCount) : MakeBuffer(domain, pageCount);
    }

    /// <summary>The point of the copy timeline before which the CPU must not write into fresh memory of a domain.</summary>
    public ulong BusyUntil(MemoryDomain domain) => _busyUntil[(int)domain];

    /// <summary>Gives a store back when a point of the copy timeline is reached.</summary>
    public void Retire(in Store store, ulong value)
    {
        if (store.Domain == MemoryDomain.System)
        {
            _waiting.Enqueue((store, value));
            WaitingBytes += store.Piece.Range.SizeBytes;
            return;
        }

        _busyUntil[(int)store.Domain] = Math.Max(_busyUntil[(int)store.Domain], value);
        if (!ParkedStores.Fits(store))
        {
            Leave(store, value);
            return;
        }

        ParkedStores parked = _parked[(int)store.Domain];
        while (!parked.HasRoom(store))
        {
            Store oldest = parked.TakeOldest(out ulong until);
            Leave(oldest, until);
        }

        parked.Add(store, value);
    }

    /// <summary>Gives up the parked stores of a domain. Their space is free at once, they themselves when they are collected.</summary>
    public void Unpark(MemoryDomain domain)
    {
        ParkedStores parked = _parked[(int)domain];
        while (parked.Count > 0)
        {
            Store oldest = parked.TakeOldest(out ulong until);
            Leave(oldest, until);
        }
    }

    /// <summary>Gives back what the device is done with.</summary>
    /// <param name="doneValue">How far the copy timeline is.</param>
    public void Collect(ulong doneValue)
    {
        while (_waiting.TryPeek(out (Store Store, ulong Value) oldest) && oldest.Value <= doneValue)
        {
            _waiting.Dequeue();
            WaitingBytes -= oldest.Store.Piece.Range.SizeBytes;
            Destroy(oldest.Store);
        }

        for (int i = 0; i < _pools.Length; i++)
        {
            if (_pools[i].EmptyCount > 1 && _busyUntil[i] <= doneValue)
            {
                _pools[i].Trim(keep: 1);
            }
        }
    }

    /// <summary>Gives a store back that the device does not use.</summary>
    public void Destroy(in Store store)
    {
        if (store.IsImage)
        {
            _device.DestroyImage(store.Image);
        }
        else
        {
            _device.DestroyBuffer(store.Buffer);
        }

        if (store.Piece.Block is not null)
        {
            _pools[(int)store.Domain].Release(store.Piece);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Unpark(MemoryDomain.Gtt);
        Unpark(MemoryDomain.Vram);
        Collect(ulong.MaxValue);
        foreach (DomainPool pool in _pools)
        {
            pool.Dispose();
        }
    }

    // The space is free from now on: whoever takes it is written by a later copy of the same queue.
    private void Leave(in Store store, ulong value)
    {
        _pools[(int)store.Domain].Release(store.Piece, keepsBlock: true);
        _waiting.Enqueue((store with { Piece = default }, value));
    }

    // Before a pool takes another block from the device, what is parked in those that it has goes.
    private MemoryPiece Take(MemoryDomain domain, in MemoryRequirements needs)
    {
        DomainPool pool = _pools[(int)domain];
        if (pool.TryTake(needs, out MemoryPiece piece))
        {
            return piece;
        }

        Unpark(domain);
        return pool.Take(needs);
    }

    private unsafe Store MakeImage(MemoryDomain domain, uint pageCount)
    {
        Image image = _device.CreateImage(pageCount);
        MemoryPiece piece = default;
        bool isBound = false;
        try
        {
            piece = Take(domain, NeedsOf(image, pageCount));
            _device.Check(_device.Functions.BindImageMemory(_device.Handle, image, piece.Block!.Memory, piece.Range.StartBytes), "vkBindImageMemory");
            isBound = true;
            return new Store(domain, default, image, piece, pageCount);
        }
        finally
        {
            if (!isBound)
            {
                _device.DestroyImage(image);
                Undo(domain, piece);
            }
        }
    }

    private unsafe Store MakeBuffer(MemoryDomain domain, uint pageCount)
    {
        VkBuffer buffer = _device.CreateBuffer((ulong)pageCount << 12);
        MemoryPiece piece = default;
        bool isBound = false;
        try
        {
            piece = Take(domain, NeedsOf(buffer, pageCount));
            _device.Check(_device.Functions.BindBufferMemory(_device.Handle, buffer, piece.Block!.Memory, piece.Range.StartBytes), "vkBindBufferMemory");
            isBound = true;
            return new Store(domain, buffer, default, piece, pageCount);
        }
        finally
        {
            if (!isBound)
            {
                _device.DestroyBuffer(buffer);
                Undo(domain, piece);
            }
        }
    }

    private MemoryRequirements NeedsOf(Image image, uint pageCount)
    {
        if (!_needs.TryGetValue((pageCount, true), out MemoryRequirements needs))
        {
            needs = _device.Requirements(image);
            _needs.Add((pageCount, true), needs);
        }

        return needs;
    }

    private MemoryRequirements NeedsOf(VkBuffer buffer, uint pageCount)
    {
        if (!_needs.TryGetValue((pageCount, false), out MemoryRequirements needs))
        {
            needs = _device.Requirements(buffer);
            _needs.Add((pageCount, false), needs);
        }

        return needs;
    }

    private void Undo(MemoryDomain domain, in MemoryPiece piece)
    {
        if (piece.Block is not null)
        {
            _pools[(int)domain].Release(piece);
        }
    }
}
