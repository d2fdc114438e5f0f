using System;
using System.Collections.Generic;

namespace GpuMm.Dashboard.History;

/// <summary>All objects of a device at one moment, kept until it is dropped.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Device">The device.</param>
/// <param name="Taken">When, by the wall clock.</param>
/// <param name="Moment">The device as it stood.</param>
/// <param name="Objects">Its objects, by number.</param>
/// <param name="IsComplete">False when there were more objects than a snapshot holds.</param>
public sealed record Shot(
    int Id, string Device, DateTimeOffset Taken, Moment Moment, IReadOnlyDictionary<ulong, ObjectShot> Objects, bool IsComplete);
