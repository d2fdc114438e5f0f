namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>Maps an object into the client's address space.</summary>
/// <param name="Read">Allow reads.</param>
/// <param name="Write">Allow writes.</param>
public sealed record MapRequest(bool Read = true, bool Write = true);
