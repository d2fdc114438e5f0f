using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>An object of a client.</summary>
/// <param name="Handle">The client's handle.</param>
/// <param name="Info">The object.</param>
public sealed record ObjectReply(uint Handle, ObjectView Info);
