namespace GpuMm.Hosting.Machine;

/// <summary>A device that was registered.</summary>
/// <param name="Name">Its name.</param>
internal sealed record GpuRegistration(string Name);
