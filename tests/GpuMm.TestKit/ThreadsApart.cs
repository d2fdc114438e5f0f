using System;
using GpuMm.Objects;

namespace GpuMm.TestKit;

/// <summary>Space and pages that threads keep apart: at once, where usually many must have met before.</summary>
public static class ThreadsApart
{
    private static readonly MemoryDomain[] s_domains = [MemoryDomain.System, MemoryDomain.Gtt, MemoryDomain.Vram];

    /// <summary>Threads keep some from now on.</summary>
    public static void Begin(GpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Array.ForEach(s_domains, domain => device.Manager(domain).Kept.MeetingsToOpen = 0);
        device.SystemPages.Kept.MeetingsToOpen = 0;
    }

    /// <summary>Bytes of a domain's space that they keep.</summary>
    public static ulong SpaceOf(GpuDevice device, MemoryDomain domain)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Manager(domain).Kept.KeptBytes;
    }

    /// <summary>Bytes of pages that they keep.</summary>
    public static ulong PagesOf(GpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.SystemPages.Kept.KeptBytes;
    }
}
