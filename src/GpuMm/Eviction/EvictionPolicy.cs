using System;

namespace GpuMm.Eviction;

/// <summary>A policy by name: a ranking, and the rules around it. Never changes.</summary>
/// <remarks>The ranking is a struct, see <see cref="RankedEvictionPolicy{TPolicy}"/>; each memory and priority gets its own.</remarks>
public abstract class EvictionPolicy
{
    private protected EvictionPolicy(string name, string summary)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(summary);
        Name = name;
        Summary = summary;
    }

    /// <summary>What users type: lower case, digits and dashes.</summary>
    public string Name { get; }

    /// <summary>One line for help texts.</summary>
    public string Summary { get; }

    /// <summary>A CPU touch makes the object younger, as a use by the GPU does.</summary>
    public bool AgesOnCpuTouch { get; init; }

    /// <summary>Nobody evicts an object of a higher priority than its own.</summary>
    public bool SparesHigherPriority { get; init; }

    /// <summary>Where an evicted object goes that is used again.</summary>
    public ReturnRule Return { get; init; }

    /// <summary>
    /// The policy that this one equals where there are only requests: no CPU, no priorities, no second place to stay in.
    /// Null when it ranks by itself.
    /// </summary>
    public string? EqualsInReplay { get; init; }

    /// <summary>True when the order is the manager's own list, which has bulk moves in one step.</summary>
    internal bool UsesManagerList { get; init; }

    /// <summary>A ranking with nothing in it.</summary>
    public abstract IEvictionPolicy CreateRanking();

    /// <summary>Hands the type of the ranking to a visitor.</summary>
    /// <typeparam name="TVisitor">The visitor.</typeparam>
    /// <param name="visitor">Called once.</param>
    public abstract void Accept<TVisitor>(ref TVisitor visitor)
        where TVisitor : IEvictionPolicyVisitor;
}
