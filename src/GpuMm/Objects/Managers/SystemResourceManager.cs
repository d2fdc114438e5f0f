using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>System RAM as a place: always room, no address. The pages themselves come from <see cref="SystemPages"/>.</summary>
internal sealed class SystemResourceManager(ulong sizeBytes) : ResourceManager(MemoryDomain.System, sizeBytes, usesPages: true)
{
    private protected override bool MayKeepRanges => true;

    protected override MmStatus TryAllocateSpace(in SpaceRequest request, ref RangeList ranges) => MmStatus.Ok;

    protected override void ReleaseSpace(ref RangeList ranges)
    {
    }
}
