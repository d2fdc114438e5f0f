using System;
using System.Collections.Generic;

namespace GpuMm.Vulkan.Devices;

/// <summary>Chooses the queue families, from what a device has. Knows no device: tests give it tables.</summary>
/// <param name="Copies">Does the copies.</param>
/// <param name="Shaders">Draws and computes; the same where no family only copies.</param>
public sealed record QueueChoice(QueueFamilyInfo Copies, QueueFamilyInfo Shaders)
{
    /// <summary>True when copies and shaders share one queue.</summary>
    public bool IsOneQueue => Copies.Index == Shaders.Index;

    /// <summary>Chooses.</summary>
    /// <param name="families">The device's families.</param>
    /// <param name="resetsQueriesFromHost">Queries may be reset by the CPU: a family that only copies cannot do it itself.</param>
    /// <exception cref="MirrorUnavailableException">No family both draws and computes.</exception>
    public static QueueChoice Of(IReadOnlyList<QueueFamilyInfo> families, bool resetsQueriesFromHost)
    {
        ArgumentNullException.ThrowIfNull(families);
        QueueFamilyInfo? shaders = null;
        QueueFamilyInfo? copies = null;
        foreach (QueueFamilyInfo family in families)
        {
            shaders ??= family is { Graphics: true, Compute: true } ? family : null;
            copies ??= resetsQueriesFromHost && IsCopyEngine(family) ? family : null;
        }

        return shaders is null
            ? throw new MirrorUnavailableException("no queue family both draws and computes")
            : new QueueChoice(copies ?? shaders, shaders);
    }

    // A family that only copies is the copy engine of a card. Without timestamps it is of no use to a calibration, and one
    // that copies in coarse blocks cannot carry runs of pages.
    private static bool IsCopyEngine(QueueFamilyInfo family) =>
        family is { Transfer: true, Graphics: false, Compute: false, TimestampBits: > 0, FineCopies: true };
}
