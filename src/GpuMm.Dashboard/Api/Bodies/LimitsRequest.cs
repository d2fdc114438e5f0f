using GpuMm.Hosting.Options;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>What a client may hold.</summary>
/// <param name="MaxSize">Bytes of all its objects together; null for no limit.</param>
/// <param name="MaxObjects">How many; null for the device's limit.</param>
public sealed record LimitsRequest(ByteCount? MaxSize = null, int? MaxObjects = null);
