using GpuMm.Hosting.Options;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>Opens a client.</summary>
/// <param name="Name">Shown to people; 1 to 128 characters.</param>
/// <param name="LeaseSeconds">How long the client may be silent before all that it holds is released; null for the service's usual lease.</param>
/// <param name="MaxSize">Bytes that all its objects may have together; null for no limit.</param>
/// <param name="MaxObjects">Objects that it may have; null for the device's limit.</param>
/// <param name="Group">The group that it is in, such as "games/shooter"; null for none. It stays there.</param>
public sealed record OpenClientRequest(string Name, double? LeaseSeconds = null, ByteCount? MaxSize = null, int? MaxObjects = null, string? Group = null);
