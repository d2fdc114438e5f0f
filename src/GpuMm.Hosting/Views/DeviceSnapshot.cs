using System.Collections.Generic;

namespace GpuMm.Hosting.Views;

/// <summary>A device at a glance.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Machine">Its machine.</param>
/// <param name="TimeNs">When, on the driver's clock, ns.</param>
/// <param name="EventSequence">Number of the latest event: events after it are news to whoever has this.</param>
/// <param name="Domains">Its domains.</param>
/// <param name="SystemPagesUsedBytes">System RAM that objects hold.</param>
/// <param name="SystemPagesPeakBytes">Most that they ever held at a time.</param>
/// <param name="ObjectCount">Objects that exist, deleted ones that wait for the GPU included.</param>
/// <param name="ClientCount">Clients that are open.</param>
/// <param name="PendingJobs">Jobs and copies that have not ended.</param>
/// <param name="IsThrashing">Whether it moves the same bytes in and out.</param>
/// <param name="Latest">The latest sample of rates.</param>
public sealed record DeviceSnapshot(
    string Device,
    string Machine,
    long TimeNs,
    ulong EventSequence,
    IReadOnlyList<DomainView> Domains,
    ulong SystemPagesUsedBytes,
    ulong SystemPagesPeakBytes,
    int ObjectCount,
    int ClientCount,
    ulong PendingJobs,
    bool IsThrashing,
    RateSample Latest);
