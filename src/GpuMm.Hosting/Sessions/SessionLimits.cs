namespace GpuMm.Hosting.Sessions;

/// <summary>What one client may hold.</summary>
/// <param name="MaxBytes">Bytes of all its objects together; null for no limit.</param>
/// <param name="MaxObjects">Handles; null for the device's own limit.</param>
public readonly record struct SessionLimits(ulong? MaxBytes, int? MaxObjects);
