using GpuMm.Hosting.Options;
using GpuMm.Objects;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>What a client or group is promised in a domain, and may use there. All three are set; what is left out is set to its default.</summary>
/// <param name="Min">Used up to this, nothing of the client is evicted for others; null for 0.</param>
/// <param name="Low">Used up to this, its objects are evicted only when nobody else's would help; null for 0.</param>
/// <param name="Max">More it does not get; null for no limit.</param>
public sealed record DomainLimitsRequest(ByteCount? Min = null, ByteCount? Low = null, ByteCount? Max = null)
{
    internal MemoryLimits ToLimits() => new(Min?.Bytes ?? 0, Low?.Bytes ?? 0, Max?.Bytes ?? ulong.MaxValue);
}
