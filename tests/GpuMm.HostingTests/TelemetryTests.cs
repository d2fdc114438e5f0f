using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Dashboard.Service;
using GpuMm.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>What the service tells other programs of itself.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task PrometheusScrapesWhatTheDeviceDid()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using ServeProcess service = await ServeProcess.StartAsync("--set", "GpuMm:Telemetry:Prometheus=true", "--set", "GpuMm:PublishHardwareMetrics=true");
        using HttpResponseMessage opened = await service.Http.PostAsJsonAsync("devices/gpu0/clients", new { name = "test", leaseSeconds = 3600 }, cancel);
        Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
        string text = await service.Http.GetStringAsync(new Uri(service.Address, "/metrics"), cancel);
        Assert.Matches("(?m)^gpumm_clients\\{[^}]*gpumm_device=\"gpu0\"[^}]*\\} 1( |$)", text);
        Assert.Matches("(?m)^hw_gpu_memory_limit_bytes\\{[^}]*gpumm_simulated=\"true\"[^}]*\\} 268435456( |$)", text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ACollectorGetsMetricsAndSpans(bool isInTheConfiguration)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        Received metrics = new(11); // By default, one a minute, they would take longer than is waited here.
        Received spans = new(1);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2));
        await using WebApplication collector = builder.Build();
        collector.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", context => ReceiveAsync(context, "gpumm.clients", metrics));
        collector.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", context => ReceiveAsync(context, "gpumm.create", spans));
        await collector.StartAsync(cancel);
        string address = collector.Urls.First();
        using ServeProcess service = await ServeProcess.StartAsync(
            [("OTEL_METRIC_EXPORT_INTERVAL", "50"), ("OTEL_BSP_SCHEDULE_DELAY", "300"), ("OTEL_EXPORTER_OTLP_ENDPOINT", isInTheConfiguration ? "http://127.0.0.1:9" : address)],
            isInTheConfiguration ? ["--set", $"GpuMm:Telemetry:Otlp={address}"] : []);
        await using Client.GpuMmClient client = await Client.GpuMmConnection.ToAddress(service.Address).OpenClientAsync("gpu0", new Client.ClientSettings { Name = "test" }, cancel);
        await client.CreateAsync(new Client.NewObject { Size = 4096 }, cancel);
        await Task.WhenAll(metrics.Enough, spans.Enough).WaitAsync(TimeSpan.FromMinutes(10), cancel);
    }

    [Fact]
    public async Task EveryRouteAndLimitIsInTheReadmeAndNoOther()
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src/GpuMm.Dashboard/README.md"), TestContext.Current.CancellationToken);
        using ServeProcess service = await ServeProcess.StartAsync();
        using HttpResponseMessage none = await service.Http.GetAsync(new Uri(service.Address, "/metrics"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode); // Nobody asked for it.
        using JsonDocument api = JsonDocument.Parse(await service.Http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
        List<string> routes = [];
        foreach (JsonProperty path in api.RootElement.GetProperty("paths").EnumerateObject())
        {
            string route = path.Name["/api/v1".Length..].Replace("/devices/{device}/clients/{client}", "CLIENT", StringComparison.Ordinal).Replace("/devices/{device}", "DEVICE", StringComparison.Ordinal);
            routes.AddRange(path.Value.EnumerateObject().Select(operation => $"| {operation.Name.ToUpperInvariant()} | `{route}` | {operation.Value.GetProperty("summary").GetString()} |"));
        }

        Assert.True(routes.Count > 40, $"{routes.Count} routes");
        string[] told = [.. readme.Split('\n').Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && line.Contains(" | `", StringComparison.Ordinal))];
        Assert.Equal(routes.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        Assert.All(typeof(ServiceLimits).GetProperties(), limit => Assert.Contains($"`{limit.Name}`", readme, StringComparison.Ordinal));
    }

    // The least that a collector answers: an empty message, and that all went well.
    private static async Task ReceiveAsync(HttpContext context, string wanted, Received received)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        if (body.GetBuffer().AsSpan(0, (int)body.Length).IndexOf(Encoding.UTF8.GetBytes(wanted)) >= 0)
        {
            received.Count();
        }

        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private sealed class Received(int wanted)
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = wanted;

        public Task Enough => _enough.Task;

        public void Count()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                _enough.SetResult();
            }
        }
    }
}
