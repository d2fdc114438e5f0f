using System;
using GpuMm.Hosting.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace GpuMm.Dashboard.Service;

/// <summary>
/// Sends metrics and traces away, when configuration says so: <c>GpuMm:Telemetry:Otlp</c> is the address of a collector,
/// <c>GpuMm:Telemetry:Prometheus</c> true serves <c>/metrics</c>.
/// </summary>
internal static class Telemetry
{
    private const string Section = "GpuMm:Telemetry";

    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        Uri? collector = Collector(configuration);
        if (collector is null && !WantsPrometheus(configuration))
        {
            return;
        }

        OpenTelemetry.OpenTelemetryBuilder builder = services.AddOpenTelemetry().ConfigureResource(static resource => resource.AddService("gpumm"));
        builder.WithMetrics(metrics =>
        {
            metrics.AddMeter(GpuMmDiagnostics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
            if (collector is not null)
            {
                metrics.AddOtlpExporter(otlp => otlp.Endpoint = collector);
            }

            if (WantsPrometheus(configuration))
            {
                metrics.AddPrometheusExporter();
            }
        });
        if (collector is not null)
        {
            builder.WithTracing(traces => traces.AddSource(GpuMmDiagnostics.ActivitySourceName, "Microsoft.AspNetCore").AddOtlpExporter(otlp => otlp.Endpoint = collector));
        }
    }

    public static void Map(WebApplication app)
    {
        if (WantsPrometheus(app.Configuration))
        {
            app.MapPrometheusScrapingEndpoint("/metrics");
        }
    }

    private static bool WantsPrometheus(IConfiguration configuration) => configuration.GetValue<bool>($"{Section}:Prometheus");

    private static Uri? Collector(IConfiguration configuration)
    {
        string? text = configuration[$"{Section}:Otlp"];
        return string.IsNullOrEmpty(text) ? null
            : Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" ? uri
            : throw new ServeException($"{Section}:Otlp is '{text}'; write the address of a collector, such as http://127.0.0.1:4317.");
    }
}
