namespace GpuMm.Eviction;

/// <summary>The rules by which one memory chooses what goes first. Implement it as a struct: each use is compiled apart.</summary>
/// <remarks>
/// A policy knows objects by slot, a small number that the caller gives out and may reuse after <see cref="Remove"/>, and
/// their sizes in units that the caller chooses (pages in a device, bytes in a replay). It ranks and nothing else: what may
/// not be evicted is vetoed by the caller, who then asks for the next candidate.
/// <para>
/// One request: <see cref="Hit"/> when <see cref="IsResident"/>; otherwise <see cref="Miss"/>, then, while there is no room,
/// <see cref="SelectVictim"/> and <see cref="Evict"/> (or, after a veto, <see cref="Restore"/>), then <see cref="Insert"/>.
/// </para>
/// <para>Lock: the caller's; a policy is not safe for concurrent use. Cost: no call allocates but <see cref="Reserve"/>.</para>
/// </remarks>
public interface IEvictionPolicy
{
    /// <summary>Begins with nothing resident.</summary>
    /// <param name="capacity">Size of the memory, units; at least 1.</param>
    /// <param name="mayRefuse">
    /// Whether a policy may keep an object out, as S3-FIFO does with large ones. False where the object is in memory
    /// whatever the policy says.
    /// </param>
    void Start(long capacity, bool mayRefuse);

    /// <summary>Makes room for slots 0 to <paramref name="slotCount"/> - 1. Never shrinks; may be called at any time.</summary>
    /// <param name="slotCount">Number of slots.</param>
    void Reserve(int slotCount);

    /// <summary>A hint that the object will be asked about soon; may do nothing.</summary>
    /// <param name="slot">Its slot.</param>
    void Prefetch(int slot);

    /// <summary>A hint, some objects after <see cref="Prefetch"/>, that a use will change what lies beside this one; may do nothing.</summary>
    /// <param name="slot">Its slot.</param>
    void PrefetchNeighbours(int slot);

    /// <summary>Whether an object is in memory. False while it is selected as a victim.</summary>
    /// <param name="slot">Its slot.</param>
    bool IsResident(int slot);

    /// <summary>Size of an object as it was inserted, units.</summary>
    /// <param name="slot">Its slot; resident or selected.</param>
    uint SizeOf(int slot);

    /// <summary>A resident object is used.</summary>
    /// <param name="slot">Its slot.</param>
    void Hit(int slot);

    /// <summary>An object that is not resident is wanted. The policy consults what it remembers of evicted objects.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="size">Its size, units.</param>
    /// <returns>False when the policy will not take it: nothing is evicted for it and <see cref="Remove"/> follows.</returns>
    bool Miss(int slot, uint size);

    /// <summary>Takes the object that should go first out of the order.</summary>
    /// <param name="incoming">Slot of the object that wants the room; -1 when nobody in particular.</param>
    /// <param name="size">Its size, units.</param>
    /// <returns>A slot that is now selected, until <see cref="Evict"/> or <see cref="Restore"/>; -1 when nothing is left.</returns>
    int SelectVictim(int incoming, uint size);

    /// <summary>A selected object has gone; the policy may remember it.</summary>
    /// <param name="slot">Its slot.</param>
    void Evict(int slot);

    /// <summary>A selected object stays: back to where it was. Several go back in the reverse order of their selection.</summary>
    /// <param name="slot">Its slot.</param>
    void Restore(int slot);

    /// <summary>An object comes into memory.</summary>
    /// <param name="slot">Its slot; after <see cref="Miss"/>.</param>
    /// <param name="size">Its size, units.</param>
    /// <returns>False when the policy refuses it after all.</returns>
    bool Insert(int slot, uint size);

    /// <summary>An object leaves for a reason of its own, or does not come after a <see cref="Miss"/>, or ceases to exist. Nothing is remembered.</summary>
    /// <param name="slot">Its slot, in any state.</param>
    void Remove(int slot);
}
