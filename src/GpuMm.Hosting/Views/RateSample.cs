namespace GpuMm.Hosting.Views;

/// <summary>What happened in one span of time, and how full the domains were at its end.</summary>
/// <param name="TimeNs">End of the span, on the driver's clock, ns.</param>
/// <param name="SpanNs">Its length, ns.</param>
/// <param name="Evictions">Objects that made room.</param>
/// <param name="EvictedBytes">Bytes of them.</param>
/// <param name="MovedInBytes">Bytes carried into video memory.</param>
/// <param name="MovedOutBytes">Bytes carried out of it.</param>
/// <param name="RefaultedBytes">Bytes brought back into video memory within a second of their eviction.</param>
/// <param name="Faults">CPU faults answered.</param>
/// <param name="FaultRetries">Faults that were tried again.</param>
/// <param name="ZappedPtes">Page-table entries revoked.</param>
/// <param name="Jobs">Jobs queued.</param>
/// <param name="VramUsedBytes">Video memory in use.</param>
/// <param name="GttUsedBytes">Aperture in use.</param>
/// <param name="SystemUsedBytes">System RAM in use, all pages of objects.</param>
/// <param name="CopyBusyNs">Work queued for the copy engine in the span, ns.</param>
/// <param name="RenderBusyNs">Work queued for the render engine in the span, ns.</param>
public readonly record struct RateSample(
    long TimeNs,
    long SpanNs,
    long Evictions,
    long EvictedBytes,
    long MovedInBytes,
    long MovedOutBytes,
    long RefaultedBytes,
    long Faults,
    long FaultRetries,
    long ZappedPtes,
    long Jobs,
    ulong VramUsedBytes,
    ulong GttUsedBytes,
    ulong SystemUsedBytes,
    long CopyBusyNs,
    long RenderBusyNs);
