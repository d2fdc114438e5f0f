using GpuMm.Eviction;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>Any ranking; its victims are not known early.</summary>
/// <typeparam name="TPolicy">The ranking.</typeparam>
internal struct CompactRanking<TPolicy> : ICompactRanking
    where TPolicy : struct, IEvictionPolicy
{
#pragma warning disable CS0649, IDE0044 // Its methods change it.
    private TPolicy _policy;
#pragma warning restore CS0649, IDE0044

    /// <inheritdoc/>
    public static bool IsList => false;

    /// <inheritdoc/>
    public readonly int FirstPlace => 0;

    /// <inheritdoc/>
    public readonly int Next(ref int place) => -1;

    /// <inheritdoc/>
    public void PrefetchNeighbours(int slot) => _policy.PrefetchNeighbours(slot);

    /// <inheritdoc/>
    public void Start(long capacity, bool mayRefuse) => _policy.Start(capacity, mayRefuse);

    /// <inheritdoc/>
    public void Reserve(int slotCount) => _policy.Reserve(slotCount);

    /// <inheritdoc/>
    public void Prefetch(int slot) => _policy.Prefetch(slot);

    /// <inheritdoc/>
    public bool IsResident(int slot) => _policy.IsResident(slot);

    /// <inheritdoc/>
    public uint SizeOf(int slot) => _policy.SizeOf(slot);

    /// <inheritdoc/>
    public void Hit(int slot) => _policy.Hit(slot);

    /// <inheritdoc/>
    public bool Miss(int slot, uint size) => _policy.Miss(slot, size);

    /// <inheritdoc/>
    public int SelectVictim(int incoming, uint size) => _policy.SelectVictim(incoming, size);

    /// <inheritdoc/>
    public void Evict(int slot) => _policy.Evict(slot);

    /// <inheritdoc/>
    public void Restore(int slot) => _policy.Restore(slot);

    /// <inheritdoc/>
    public bool Insert(int slot, uint size) => _policy.Insert(slot, size);

    /// <inheritdoc/>
    public void Remove(int slot) => _policy.Remove(slot);
}
