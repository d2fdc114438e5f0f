namespace GpuMm.Eviction;

/// <summary>What it costs to bring an object back.</summary>
public interface IEvictionCost
{
    /// <summary>Cost of one return, in any unit.</summary>
    /// <param name="size">Size of the object, units of the policy.</param>
    static abstract double PerReturn(uint size);
}
