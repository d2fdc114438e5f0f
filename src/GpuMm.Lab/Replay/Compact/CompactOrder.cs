using System;
using GpuMm.Primitives;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>Who goes first of one domain, and the walk over them, which is one at a time.</summary>
/// <typeparam name="TPolicy">The ranking.</typeparam>
internal sealed class CompactOrder<TPolicy>
    where TPolicy : struct, ICompactRanking
{
#pragma warning disable IDE0044 // The struct changes: in a read-only field each call would change a copy.
    private TPolicy _policy = new();
#pragma warning restore IDE0044
    private int[] _aside = new int[16];
    private int _asideCount;

    /// <summary>An empty order.</summary>
    /// <param name="sizeBytes">Size of the domain.</param>
    public CompactOrder(ulong sizeBytes)
    {
        _policy.Reserve(64);
        _policy.Start((long)Math.Max(1, Pages.Count(sizeBytes)), mayRefuse: false);
    }

    /// <summary>Where the next victim is looked for.</summary>
    public int FirstPlace => _policy.FirstPlace;

    /// <summary>The next victim from a place on; -1 when there is none, or it is not known.</summary>
    /// <param name="place">The place; receives the one behind the victim.</param>
    public int NextVictim(ref int place) => _policy.Next(ref place);

    /// <summary>Makes room for more objects.</summary>
    /// <param name="count">Numbers of objects are below it.</param>
    public void Reserve(int count) => _policy.Reserve(count);

    /// <summary>Fetches what is known of an object.</summary>
    /// <param name="number">The object.</param>
    public void Prefetch(int number) => _policy.Prefetch(number);

    /// <summary>Fetches what a use of an object will change; what is known of it was fetched before.</summary>
    /// <param name="number">The object.</param>
    public void PrefetchNeighbours(int number) => _policy.PrefetchNeighbours(number);

    /// <summary>An object gets space.</summary>
    /// <param name="number">The object.</param>
    /// <param name="sizeBytes">Its size.</param>
    public void Enter(int number, ulong sizeBytes)
    {
        uint pages = SizeOf(sizeBytes);
        _policy.Miss(number, pages);
        _policy.Insert(number, pages);
    }

    /// <summary>An object gives its space back, for a reason of its own.</summary>
    /// <param name="number">The object.</param>
    public void Leave(int number) => _policy.Remove(number);

    /// <summary>The object that a walk was offered last has made way.</summary>
    /// <param name="number">The object.</param>
    public void Evicted(int number) => _policy.Evict(number);

    /// <summary>The object that a walk was offered last moves inside the domain: in a list it becomes the youngest, a rank stays.</summary>
    /// <param name="number">The object.</param>
    /// <param name="sizeBytes">Its size.</param>
    public void MovedInside(int number, ulong sizeBytes)
    {
        if (TPolicy.IsList)
        {
            _policy.Evict(number);
            _policy.Insert(number, SizeOf(sizeBytes));
        }
        else
        {
            PutAside(number);
        }
    }

    /// <summary>A use.</summary>
    /// <param name="number">The object.</param>
    public void Hit(int number) => _policy.Hit(number);

    /// <summary>Begins a walk for an object that is not in the domain.</summary>
    /// <param name="requester">Its number.</param>
    /// <param name="sizeBytes">Its size.</param>
    public void Begin(int requester, ulong sizeBytes)
    {
        _asideCount = 0;
        _policy.Miss(requester, SizeOf(sizeBytes));
    }

    /// <summary>The next candidate; -1 when nobody is left.</summary>
    /// <param name="requester">Who wants the room.</param>
    /// <param name="sizeBytes">Its size.</param>
    public int Next(int requester, ulong sizeBytes) => _policy.SelectVictim(requester, SizeOf(sizeBytes));

    /// <summary>The last candidate stays.</summary>
    /// <param name="number">The candidate.</param>
    public void PutAside(int number)
    {
        if (_asideCount == _aside.Length)
        {
            Array.Resize(ref _aside, 2 * _asideCount);
        }

        _aside[_asideCount++] = number;
    }

    /// <summary>Ends a walk: who stayed goes back to where it was.</summary>
    public void End()
    {
        while (_asideCount > 0)
        {
            _policy.Restore(_aside[--_asideCount]);
        }
    }

    private static uint SizeOf(ulong sizeBytes) => (uint)Math.Min(Pages.Count(sizeBytes), uint.MaxValue);
}
