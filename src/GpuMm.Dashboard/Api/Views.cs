using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GpuMm.Dashboard.Api;

/// <summary>Finds the view of a device.</summary>
internal static class Views
{
    public static DeviceSnapshotService Of(HttpContext context, string device)
    {
        SimulatedGpu gpu = ClientScope.DeviceOf(context, device);
        return context.RequestServices.GetRequiredService<IGpuMmProvider>().ViewOf(gpu.Name);
    }
}
