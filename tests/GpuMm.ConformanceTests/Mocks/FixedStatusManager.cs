using GpuMm.Objects;
using GpuMm.Ranges;

namespace GpuMm.ConformanceTests;

/// <summary>The bad manager (no space) or the busy manager: every allocation gives the same answer.</summary>
public sealed class FixedStatusManager(MemoryDomain domain, ulong sizeBytes, MmStatus status)
    : ResourceManager(domain, sizeBytes, usesPages: true)
{
    protected override MmStatus TryAllocateSpace(in SpaceRequest request, ref RangeList ranges) => status;

    protected override void ReleaseSpace(ref RangeList ranges)
    {
    }
}
