using GpuMm.Eviction;

namespace GpuMm.Lab.League;

/// <summary>Makes the replay of a policy, compiled for it.</summary>
internal struct ReplayFactory(string name, long capacity) : IEvictionPolicyVisitor
{
    public ResidencyReplay? Made { get; private set; }

    public void Visit<TPolicy>()
        where TPolicy : struct, IEvictionPolicy => Made = new PolicyReplay<TPolicy>(name, capacity);

    public static ResidencyReplay Make(string name, long capacity, OracleTrace trace, ObjectTable table)
    {
        if (name == BeladyReplay.BeladyName)
        {
            return new BeladyReplay(capacity, trace, table);
        }

        if (name == OfflineBound.BoundName)
        {
            return new OfflineBound(capacity);
        }

        ReplayFactory factory = new(name, capacity);
        EvictionPolicies.Get(name).Accept(ref factory);
        return factory.Made!;
    }
}
