namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>A mapping.</summary>
/// <param name="Address">First byte in the client's address space.</param>
/// <param name="SizeBytes">Bytes mapped.</param>
public sealed record MapReply(ulong Address, ulong SizeBytes);
