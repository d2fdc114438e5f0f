using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace GpuMm.Dashboard.Service;

/// <summary>
/// Sends metrics and traces away, when configuration says so: <c>GpuMm:Telemetry:Otlp</c> is the address of a collector,
/// <c>GpuMm:Telemetry:Prometheus</c> true serves <c>/metrics</c>. The standard variables <c>OTEL_*</c> hold too: without an address in the
/// configuration <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is the collector.
/// </summary>
internal static class Telemetry
{
    private const string Section = "GpuMm:Telemetry";
    private const string Standard = "OTEL_";

    /// <summary>The environment's variables that OpenTelemetry defines, as settings by the same names.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> StandardVariables() =>
        from DictionaryEntry each in Environment.GetEnvironmentVariables()
        where ((string)each.Key).StartsWith(Standard, StringComparison.Ordinal)
        select KeyValuePair.Create((string)each.Key, (string?)each.Value);

    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        Uri? collector = Collector(configuration);
        bool sends = collector is not null || !string.IsNullOrEmpty(configuration[$"{Standard}EXPORTER_OTLP_ENDPOINT"]);
        if (!sends && !WantsPrometheus(configuration))
        {
            return;
        }

        OpenTelemetry.OpenTelemetryBuilder builder = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(configuration[$"{Standard}SERVICE_NAME"] ?? "gpumm"));
        builder.WithMetrics(metrics =>
        {
            metrics.AddGpuMmInstrumentation().AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
            if (sends)
            {
                metrics.AddOtlpExporter(otlp => SendTo(otlp, collector));
            }

            if (WantsPrometheus(configuration))
            {
                metrics.AddPrometheusExporter();
            }
        });
        if (sends)
        {
            builder.WithTracing(traces => traces.AddGpuMmInstrumentation().AddSource("Microsoft.AspNetCore").AddOtlpExporter(otlp => SendTo(otlp, collector)));
        }
    }

    // The exporter reads the standard variables by itself.
    private static void SendTo(OtlpExporterOptions exporter, Uri? collector)
    {
        if (collector is not null)
        {
            exporter.Endpoint = collector;
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
