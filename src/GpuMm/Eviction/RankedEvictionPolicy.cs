namespace GpuMm.Eviction;

/// <summary>A policy whose ranking is a struct.</summary>
/// <typeparam name="TPolicy">The ranking.</typeparam>
/// <param name="name">What users type.</param>
/// <param name="summary">One line for help texts.</param>
public sealed class RankedEvictionPolicy<TPolicy>(string name, string summary) : EvictionPolicy(name, summary)
    where TPolicy : struct, IEvictionPolicy
{
    /// <inheritdoc/>
    public override IEvictionPolicy CreateRanking() => default(TPolicy);

    /// <inheritdoc/>
    public override void Accept<TVisitor>(ref TVisitor visitor) => visitor.Visit<TPolicy>();
}
