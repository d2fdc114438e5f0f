using System;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Sessions;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>A device with 16 MiB of video memory, and clients that fill it.</summary>
internal static class SmallDevice
{
    public static SimulatedGpu Gpu() => new("gpu0", new SimulatedGpuOptions { Vram = ByteCount.MiB(16), Aperture = ByteCount.MiB(64), System = ByteCount.MiB(64) });

    public static void Ok(SessionError? error) => Assert.Null(error);

    public static GpuSession Open(SimulatedGpu gpu, string name, string? group = null)
    {
        Ok(gpu.SessionTable.TryOpen(name, default, out GpuSession? session, new byte[32], TimeSpan.FromMinutes(1), group));
        return session!;
    }

    public static void Fill(GpuSession session, int mebibytes)
    {
        for (int i = 0; i < mebibytes; i++)
        {
            Ok(session.Create(new ObjectRequest(1 << 20, $"{i}", "vram"), out _));
        }
    }
}
