using System;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Dashboard.Workloads;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using Xunit;

namespace GpuMm.DashboardTests;

/// <summary>Workloads that the service runs itself.</summary>
public sealed class WorkloadTests
{
    [Fact]
    public async Task AWorkloadThatCannotStartLeavesNoClientBehind()
    {
        using SimulatedGpu gpu = new("gpu0", new SimulatedGpuOptions { MaxClients = 2 });
        WorkloadService workloads = new();
        for (int i = 0; i < 3; i++)
        {
            WorkloadRun run = workloads.Start(gpu, new WorkloadRequest("demo"));
            InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => run.Completion);
            Assert.Contains("takes 2", refused.Message, StringComparison.Ordinal);
            Assert.Empty(gpu.Sessions);
        }
    }
}
