namespace GpuMm.Eviction;

/// <summary>Receives a policy as a type, so that a loop over millions of requests is compiled for it alone.</summary>
public interface IEvictionPolicyVisitor
{
    /// <summary>Called once.</summary>
    /// <typeparam name="TPolicy">The ranking.</typeparam>
    void Visit<TPolicy>()
        where TPolicy : struct, IEvictionPolicy;
}
