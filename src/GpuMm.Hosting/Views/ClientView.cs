namespace GpuMm.Hosting.Views;

/// <summary>A client and what it holds.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Objects">Its handles.</param>
/// <param name="HeldBytes">Bytes of its objects.</param>
/// <param name="VramBytes">Of them, in video memory, as last seen by a walk.</param>
/// <param name="GttBytes">In the aperture.</param>
/// <param name="SystemBytes">In system RAM.</param>
/// <param name="Jobs">Jobs that it queued.</param>
/// <param name="MaxBytes">What it may hold; null for no limit.</param>
/// <param name="MaxObjects">How many objects it may have; null for the device's own limit.</param>
/// <param name="IdleMs">Time since it was last heard of, ms.</param>
/// <param name="LeaseMs">How long it may be silent, ms; null for ever.</param>
/// <param name="Group">The group that it is in; null for none.</param>
public sealed record ClientView(
    int Id,
    string Name,
    int Objects,
    ulong HeldBytes,
    ulong VramBytes,
    ulong GttBytes,
    ulong SystemBytes,
    long Jobs,
    ulong? MaxBytes,
    int? MaxObjects,
    long IdleMs,
    long? LeaseMs,
    string? Group);
