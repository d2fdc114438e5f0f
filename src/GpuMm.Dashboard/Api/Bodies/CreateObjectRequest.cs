using GpuMm.Hosting.Options;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>Creates an object.</summary>
/// <param name="Size">Bytes, or text such as "64MiB"; rounded up to whole pages.</param>
/// <param name="Name">Shown to people; at most 128 characters.</param>
/// <param name="Placement">vram-or-gtt (usual), vram, gtt, system, gtt-or-system, vram-contiguous or vram-top-down.</param>
/// <param name="Caching">How the CPU maps its system pages.</param>
/// <param name="Priority">0 (evicted first) to 3.</param>
/// <param name="Alignment">Of its place; a power of two; null for a page.</param>
/// <param name="Kind">device, or kernel for one that is never mapped.</param>
public sealed record CreateObjectRequest(
    ByteCount Size,
    string? Name = null,
    string? Placement = null,
    Caching Caching = Caching.WriteCombined,
    int Priority = 0,
    ByteCount? Alignment = null,
    BufferObjectKind Kind = BufferObjectKind.Device);
