using System;
using GpuMm.Eviction;

namespace GpuMm.UnitTests.Eviction;

/// <summary>LRU that refuses what the built-in policies, which trust their caller, would do outside their memory.</summary>
public struct GuardedPolicy : IEvictionPolicy
{
    private QueuePolicy<LruRule> _inner;
    private int _slotCount;

    public void Start(long capacity, bool mayRefuse) => _inner.Start(capacity, mayRefuse);

    public void Reserve(int slotCount)
    {
        _slotCount = Math.Max(_slotCount, slotCount);
        _inner.Reserve(slotCount);
    }

    public readonly void Prefetch(int slot) => _inner.Prefetch(Checked(slot));

    public readonly void PrefetchNeighbours(int slot) => _inner.PrefetchNeighbours(Checked(slot));

    public readonly bool IsResident(int slot) => _inner.IsResident(Checked(slot));

    public readonly uint SizeOf(int slot) => _inner.SizeOf(Checked(slot));

    public void Hit(int slot) => _inner.Hit(Checked(slot));

    public readonly bool Miss(int slot, uint size) => _inner.Miss(Checked(slot), size);

    public int SelectVictim(int incoming, uint size) => _inner.SelectVictim(incoming < 0 ? incoming : Checked(incoming), size);

    public readonly void Evict(int slot) => _inner.Evict(Checked(slot));

    public void Restore(int slot) => _inner.Restore(Checked(slot));

    public bool Insert(int slot, uint size) => _inner.Insert(Checked(slot), size);

    public void Remove(int slot) => _inner.Remove(Checked(slot));

    private readonly int Checked(int slot) => (uint)slot < (uint)_slotCount
        ? slot
        : throw new InvalidOperationException($"Slot {slot} is named to a ranking that has room for {_slotCount}.");
}
