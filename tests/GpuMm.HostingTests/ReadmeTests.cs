using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using GpuMm.Client;
using GpuMm.Hosting.Machine;
using GpuMm.Simulation;
using GpuMm.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static GpuMm.HostingTests.BuilderTests;

namespace GpuMm.HostingTests;

/// <summary>What pages of the repository show as examples is what is compiled here, word for word.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void TheExampleOfHostingMakesADevice()
    {
        ServiceCollection services = [];
        Hosting(services);
        using ServiceProvider provider = services.BuildServiceProvider();
        SimulatedGpu gpu = provider.GetRequiredKeyedService<SimulatedGpu>("gpu0");
        Assert.Equal(("newest-first", "satellite"), (gpu.Options.EvictionPolicy, gpu.Machine.Link.Name));
    }

    [Theory]
    [InlineData("GpuMm.Hosting", "Hosting")]
    [InlineData("GpuMm.Dashboard", "Dashboard")]
    [InlineData("GpuMm.Client", "Client")]
    public void EveryExampleStandsHereAsItIsShown(string project, string name)
    {
        string[] readme = File.ReadAllLines(Path.Combine(Repository.Root, $"src/{project}/README.md"));
        string[] shown = [.. readme.SkipWhile(static line => line != "```csharp").Skip(1).TakeWhile(static line => line != "```").Select(static line => line.Trim())];
        Assert.InRange(shown.Length, 3, 20);
        Assert.Single(readme, static line => line == "```csharp"); // Another one would stand nowhere else.
        string[] compiled = [.. File.ReadAllLines(Path.Combine(Repository.Root, "tests/GpuMm.HostingTests/ReadmeTests.cs")).Select(static line => line.Trim())
            .SkipWhile(line => line != $"// readme: begin {name}").Skip(1).TakeWhile(static line => line != "// readme: end")];
        Assert.Equal(shown, compiled);
    }

    private static void Hosting(ServiceCollection services)
    {
        // readme: begin Hosting
        services.AddGpuMm()
            .AddEvictionPolicy<NewestFirst>("newest-first")        // a struct that is an IEvictionPolicy
            .AddLinkModel(new LinkModel { Name = "satellite", LatencyNs = 600_000_000, BytesPerSecond = 1 << 20 })
            .AddGpu("gpu0", gpu => (gpu.EvictionPolicy, gpu.Link) = ("newest-first", "satellite"))
            .AddSweeps()                                           // GpuMm.Dashboard: what-if runs beside the devices
            .AddDashboard();                                       // GpuMm.Dashboard: API and pages, with app.MapGpuMm()
        // readme: end
    }

#pragma warning disable IDE0051 // Compiled, and not run: they would listen at, and look for, an address that is given.
    private static void Dashboard(string[] args)
    {
        // readme: begin Dashboard
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.Services.AddGpuMm(builder.Configuration).AddGpu("gpu0").AddDashboard(token: null);
        WebApplication app = builder.Build();
        app.MapGpuMm();                                            // API, /openapi, /healthz and pages, at the root
        app.Run();
        // readme: end
    }

    private static async Task Client(byte[] pixels)
    {
        // readme: begin Client
        using GpuMmConnection service = GpuMmConnection.ToAddress(new Uri("http://127.0.0.1:5270"));
        await using GpuMmClient client = await service.OpenClientAsync("gpu0", new ClientSettings { Name = "sample" });
        GpuMmObject texture = await client.CreateAsync(new NewObject { Size = 4 << 20, Name = "grass" });
        await texture.WriteAsync(0, pixels);                      // through the fault handler
        ulong fence = await client.SubmitAsync([new JobUse(texture)], TimeSpan.FromMilliseconds(2));
        await client.WaitAsync(fence, TimeSpan.FromSeconds(1));
        await foreach (DeviceEvents news in service.WatchAsync("gpu0", kinds: "evicted")) { /* ... */ }
        // readme: end
    }
#pragma warning restore IDE0051
}
