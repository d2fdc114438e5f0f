namespace GpuMm.Vulkan.Memory;

/// <summary>Is told how long copies took on the device.</summary>
internal interface ICopyTimes
{
    /// <summary>A copy's time is known.</summary>
    /// <param name="tag">The copy.</param>
    /// <param name="durationNs">Between its timestamps, ns.</param>
    void OnCopied(in CopyTag tag, long durationNs);
}
