namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>A client that was opened.</summary>
/// <param name="Id">Its number: part of every address below.</param>
/// <param name="Key">Its secret: goes into the header <c>GpuMm-Client-Key</c> of every request that acts for it.</param>
/// <param name="LeaseSeconds">How long it may be silent.</param>
public sealed record OpenClientReply(int Id, string Key, double LeaseSeconds);
