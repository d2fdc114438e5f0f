using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading;

namespace GpuMm.Eviction;

/// <summary>The policies by name: those that come with the manager, and those that a program adds.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public static class EvictionPolicies
{
    /// <summary>Most policies that can be registered in one process.</summary>
    public const int MaxCount = 256;

    /// <summary>The name of the policy that devices use when nobody chooses.</summary>
    public const string DefaultName = "lru";

    // The array never changes, it is only replaced by a longer one: readers take no lock, so devices that begin at one time share none.
    private static readonly StrongBox<EvictionPolicy[]> s_all = new(
    [
        new RankedEvictionPolicy<QueuePolicy<LruRule>>(DefaultName, "least recently used by the GPU; four priorities, as TTM") { UsesManagerList = true },
        new RankedEvictionPolicy<QueuePolicy<LruRule>>("lru-touch", "lru, and a CPU touch counts as a use") { UsesManagerList = true, AgesOnCpuTouch = true, EqualsInReplay = DefaultName },
        new RankedEvictionPolicy<QueuePolicy<LruRule>>("priority", "lru, and nobody evicts a higher priority than its own") { UsesManagerList = true, SparesHigherPriority = true, EqualsInReplay = DefaultName },
        new RankedEvictionPolicy<QueuePolicy<FifoRule>>("fifo", "in order of arrival"),
        new RankedEvictionPolicy<QueuePolicy<ClockRule>>("clock", "in order of arrival, with a second chance for what was used since"),
        new RankedEvictionPolicy<SievePolicy>("sieve", "a hand that passes over what was used since it last came by"),
        new RankedEvictionPolicy<S3FifoPolicy>("s3fifo", "a small queue on trial, a main queue, and a ghost queue that remembers"),
        new RankedEvictionPolicy<ArcPolicy>("arc", "recency and frequency, balanced by what was evicted too early"),
        new RankedEvictionPolicy<LfuPolicy>("lfu", "least often used since it came"),
        new RankedEvictionPolicy<GdsfPolicy<MissCost>>("gdsf", "uses by size, ageing: fewest misses of unequal objects"),
        new RankedEvictionPolicy<GdsfPolicy<ByteCost>>("gdsf-bytes", "uses, ageing: fewest bytes over the link"),
        new RankedEvictionPolicy<QueuePolicy<LruRule>>("amdgpu-always", "lru; every use moves an evicted object back") { UsesManagerList = true, Return = ReturnRule.AlwaysBack, EqualsInReplay = DefaultName },
        new RankedEvictionPolicy<QueuePolicy<LruRule>>("amdgpu-budget", "lru; evicted objects move back within a budget of bytes") { UsesManagerList = true, Return = ReturnRule.Budgeted, EqualsInReplay = DefaultName },
        new RankedEvictionPolicy<QueuePolicy<LruRule>>("amdgpu-stay", "lru; evicted objects stay where they fell until there is free room") { UsesManagerList = true, Return = ReturnRule.StayWhereFallen, EqualsInReplay = DefaultName },
        new RankedEvictionPolicy<QueuePolicy<LruRule>>("amdgpu-protected", "lru; protected objects move back and evict, the others stay where they fell") { UsesManagerList = true, Return = ReturnRule.ProtectedBack, SparesHigherPriority = true, EqualsInReplay = DefaultName },
    ]);

    private static EvictionPolicy[] Known => Volatile.Read(ref s_all.Value!);

    /// <summary>All of them, in the order of their registration: a copy.</summary>
    public static IReadOnlyList<EvictionPolicy> All => [.. Known];

    /// <summary>Finds a policy.</summary>
    /// <param name="name">Its name; case does not matter.</param>
    /// <param name="policy">The policy; null when there is none of that name.</param>
    public static bool TryCreate(string? name, [NotNullWhen(true)] out EvictionPolicy? policy)
    {
        policy = Array.Find(Known, candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return policy is not null;
    }

    /// <summary>Finds a policy that must be there.</summary>
    /// <param name="name">Its name; case does not matter.</param>
    /// <exception cref="ArgumentException">There is none; the message lists those that there are.</exception>
    public static EvictionPolicy Get(string name) => TryCreate(name, out EvictionPolicy? policy)
        ? policy
        : throw new ArgumentException($"There is no eviction policy '{name}'; there are {Names()}.", nameof(name));

    /// <summary>Adds a policy of one's own.</summary>
    /// <typeparam name="TPolicy">The ranking.</typeparam>
    /// <param name="name">What users will type.</param>
    /// <param name="summary">One line for help texts.</param>
    public static void Register<TPolicy>(string name, string summary)
        where TPolicy : struct, IEvictionPolicy => Register(new RankedEvictionPolicy<TPolicy>(name, summary));

    /// <summary>Adds a policy of one's own.</summary>
    /// <param name="policy">The policy.</param>
    /// <exception cref="ArgumentException">The name is taken, or not made of lower-case letters, digits and dashes.</exception>
    /// <exception cref="InvalidOperationException">There are <see cref="MaxCount"/> already.</exception>
    public static void Register(EvictionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        foreach (char letter in policy.Name)
        {
            if (letter is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
            {
                throw new ArgumentException(
                    $"'{policy.Name}' is no name for a policy: use lower-case letters, digits and dashes.", nameof(policy));
            }
        }

        EvictionPolicy[] known;
        do
        {
            known = Known;
            if (Array.Exists(known, candidate => candidate.Name == policy.Name))
            {
                throw new ArgumentException($"There is an eviction policy '{policy.Name}' already.", nameof(policy));
            }

            if (known.Length == MaxCount)
            {
                throw new InvalidOperationException($"At most {MaxCount} eviction policies can be registered.");
            }
        }
        while (!ReferenceEquals(Interlocked.CompareExchange(ref s_all.Value!, [.. known, policy], known), known));
    }

    private static string Names() => string.Join(", ", Array.ConvertAll(Known, static policy => policy.Name));
}
