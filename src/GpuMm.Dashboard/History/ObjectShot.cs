namespace GpuMm.Dashboard.History;

/// <summary>An object as a snapshot keeps it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="ClientId">Whose it is.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Domain">Where it was; null for nowhere.</param>
public readonly record struct ObjectShot(ulong Id, string Name, int ClientId, ulong SizeBytes, string? Domain);
