namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>The name under which clients share an object.</summary>
/// <param name="Name">1 to 128 characters.</param>
public sealed record ShareRequest(string Name);
