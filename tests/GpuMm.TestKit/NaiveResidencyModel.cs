using System.Collections.Generic;
using System.Linq;

namespace GpuMm.TestKit;

/// <summary>
/// What must happen to objects of one size in three domains, told with lists: who is where, in which order they would be
/// evicted, and what their bytes are.
/// </summary>
public sealed class NaiveResidencyModel(int slots, int objectBytes, int vramObjects, int apertureObjects)
{
    private readonly Item?[] _items = new Item?[slots];
    private readonly List<Item> _order = []; // Oldest first, over all domains.

    public int Evictions { get; private set; }

    public bool Exists(int slot) => _items[slot] is not null;

    public MemoryDomain DomainOf(int slot) => _items[slot]!.Domain;

    public int PinCountOf(int slot) => _items[slot]!.Pins;

    public byte[] BytesOf(int slot) => _items[slot]!.Bytes;

    public int CountIn(MemoryDomain domain) => _order.Count(item => item.Domain == domain);

    public MmStatus Create(int slot, MemoryDomain domain)
    {
        Item made = new(new byte[objectBytes]);
        MmStatus status = MakeRoom(domain);
        if (status == MmStatus.Ok)
        {
            _items[slot] = made;
            made.Domain = domain;
            _order.Add(made);
        }

        return status;
    }

    public void Destroy(int slot)
    {
        _order.Remove(_items[slot]!);
        _items[slot] = null;
    }

    public MmStatus Place(int slot, MemoryDomain domain)
    {
        Item item = _items[slot]!;
        MmStatus status = item.Domain == domain ? MmStatus.Ok
            : item.Pins > 0 ? MmStatus.InvalidArgument
            : MakeRoom(domain);
        if (status == MmStatus.Ok)
        {
            item.Domain = domain;
        }

        MakeYoungest(item);
        return status;
    }

    public void Pin(int slot) => _items[slot]!.Pins++;

    public void Unpin(int slot)
    {
        if (--_items[slot]!.Pins == 0)
        {
            MakeYoungest(_items[slot]!);
        }
    }

    public void Touch(int slot) => MakeYoungest(_items[slot]!);

    private MmStatus MakeRoom(MemoryDomain domain)
    {
        if (HasRoom(domain))
        {
            return MmStatus.Ok;
        }

        Item? victim = _order.FirstOrDefault(item => item.Domain == domain && item.Pins == 0);
        if (victim is null)
        {
            return MmStatus.OutOfMemory;
        }

        victim.Domain = domain == MemoryDomain.Vram && HasRoom(MemoryDomain.Gtt) ? MemoryDomain.Gtt : MemoryDomain.System;
        MakeYoungest(victim);
        Evictions++;
        return MmStatus.Ok;
    }

    private bool HasRoom(MemoryDomain domain) => domain switch
    {
        MemoryDomain.Vram => CountIn(domain) < vramObjects,
        MemoryDomain.Gtt => CountIn(domain) < apertureObjects,
        _ => true,
    };

    private void MakeYoungest(Item item)
    {
        _order.Remove(item);
        _order.Add(item);
    }

    private sealed class Item(byte[] bytes)
    {
        public byte[] Bytes { get; } = bytes;

        public MemoryDomain Domain { get; set; }

        public int Pins { get; set; }
    }
}
