using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Dashboard.Workloads;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Registration;
using GpuMm.Hosting.State;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GpuMm.Dashboard.Service;

/// <summary>Builds the service: devices, API, pages, health, on the addresses that are asked for.</summary>
public static class GpuMmService
{
    /// <summary>Builds a service that is not started yet.</summary>
    /// <param name="options">How.</param>
    /// <exception cref="ServeException">It cannot work like that; the message says how it can.</exception>
    public static WebApplication Build(ServeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<ListenAddress> addresses = Addresses(options);
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = System.Reflection.Assembly.GetEntryAssembly()?.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.Configuration.Sources.Clear();
        Configure(builder.Configuration, options);
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(static console => console.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(options.IsVerbose ? LogLevel.Information : LogLevel.Warning);

        // Whoever starts the service is told once, and in one sentence, why it cannot.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        ServiceLimits limits = builder.Configuration.GetSection("GpuMm:Limits").Get<ServiceLimits>() ?? new ServiceLimits();
        limits.Check();
        Listen(builder, options, limits, addresses);
        AddServices(builder, options, limits);
        WebApplication app = builder.Build();
        MapAll(app, options);
        CheckWorkloads(app, options);
        OpenState(app, options);
        return app;
    }

    private static List<ListenAddress> Addresses(ServeOptions options)
    {
        IEnumerable<string> wanted = options.Listen.Count == 0 && options.SocketPath is null ? [ServeOptions.UsualAddress] : options.Listen;
        List<ListenAddress> addresses = [.. wanted.Select(ListenAddress.Parse)];
        if (options.Token is null && addresses.FirstOrDefault(static each => !each.IsLoopback) is { Address: not null } open)
        {
            throw new ServeException($"--listen {open.Address}:{open.Port}: other machines can reach that address; give --token-file FILE with a secret of 16 characters or more, or listen on 127.0.0.1.");
        }

        if (options.Token is { Length: < 16 })
        {
            throw new ServeException("The token is shorter than 16 characters; make one with 'openssl rand -hex 24'.");
        }

        return addresses;
    }

    private static void Configure(ConfigurationManager configuration, ServeOptions options)
    {
        if (options.ConfigurationFile is { } file)
        {
            if (!File.Exists(file))
            {
                throw new ServeException($"--config {file}: there is no such file.");
            }

            try
            {
                configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
            }
            catch (InvalidDataException bad)
            {
                throw new ServeException($"--config {file}: {(bad.InnerException ?? bad).Message}", bad);
            }
        }

        Dictionary<string, string?> settings = new(StringComparer.OrdinalIgnoreCase);
        foreach (string setting in options.Settings)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new ServeException($"--set {setting}: write KEY=VALUE, such as GpuMm:Gpus:gpu0:Vram=8GiB.");
            }

            settings[setting[..equals]] = setting[(equals + 1)..];
        }

        configuration.AddInMemoryCollection(Telemetry.StandardVariables());
        configuration.AddInMemoryCollection(settings);
        if (!configuration.GetSection("GpuMm:Gpus").GetChildren().Any())
        {
            configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>("GpuMm:Gpus:gpu0:Machine", "pcie3x16")]);
        }
    }

    private static void Listen(WebApplicationBuilder builder, ServeOptions options, ServiceLimits limits, List<ListenAddress> addresses)
    {
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.MaxBodyBytes; // RequestGuard takes less of what is no memory.
            kestrel.Limits.MaxConcurrentConnections = limits.MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            foreach (ListenAddress address in addresses)
            {
                kestrel.Listen(address.Address, address.Port);
            }

            if (options.SocketPath is { } path)
            {
                UnixSocket.MakeRoom(path);
                kestrel.ListenUnixSocket(path);
            }
        });
    }

    private static void AddServices(WebApplicationBuilder builder, ServeOptions options, ServiceLimits limits)
    {
        IServiceCollection services = builder.Services;
        IGpuMmBuilder gpus = services.AddGpuMm(builder.Configuration).AddApi(options, limits);
        Telemetry.Add(services, builder.Configuration);
        AddTraces(gpus, options);
        if (options.StateDirectory is not null)
        {
            services.AddSingleton<StateKeeper>();
            services.AddHostedService(static provider => provider.GetRequiredService<StateKeeper>());
        }

        if (options.HasPages)
        {
            gpus.AddPages();
        }
    }

    // Opened once at the start, so that whoever starts the service is told what is wrong with them.
    private static void AddTraces(IGpuMmBuilder gpus, ServeOptions options)
    {
        foreach (string trace in options.Traces)
        {
            int equals = trace.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new ServeException($"--trace {trace}: write NAME=FILE, such as game=game.gmmt.");
            }

            try
            {
                string path = Path.GetFullPath(trace[(equals + 1)..]);
                TraceFiles.Open(path).Dispose();
                gpus.AddTraceSource(trace[..equals], path);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or TraceFormatException or ArgumentException)
            {
                throw new ServeException($"--trace {trace}: {failure.Message}", failure);
            }
        }
    }

    private static void MapAll(WebApplication app, ServeOptions options)
    {
        app.MapGpuMm();
        Telemetry.Map(app);
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            UnixSocket.Protect(options.SocketPath);
            StartWorkloads(app, options);
        });
    }

    // Before anybody is let in.
    private static void OpenState(WebApplication app, ServeOptions options)
    {
        if (options.StateDirectory is not { } directory)
        {
            return;
        }

        try
        {
            app.Services.GetRequiredService<StateKeeper>().Open(app.Services.GetRequiredService<IGpuMmProvider>(), Path.GetFullPath(directory), options.SalvagesState);
        }
        catch (Exception failure) when (failure is StateException or Microsoft.Extensions.Options.OptionsValidationException)
        {
            throw new ServeException($"--state {directory}: {failure.Message}", failure);
        }
    }

    // Whoever starts the service is told at once, not by what is missing.
    private static void CheckWorkloads(WebApplication app, ServeOptions options)
    {
        IReadOnlyList<string> known = app.Services.GetRequiredService<WorkloadService>().Names;
        foreach (string workload in options.Workloads)
        {
            string[] parts = workload.Split('@', 2);
            if (!known.Contains(parts[0], StringComparer.OrdinalIgnoreCase))
            {
                throw new ServeException($"--workload {workload}: there is no workload '{parts[0]}'; there is {string.Join(", ", known)}.");
            }

            if (parts.Length == 2 && Devices(app) is var names && !names.Contains(parts[1], StringComparer.Ordinal))
            {
                throw new ServeException($"--workload {workload}: there is no device '{parts[1]}'; there is {string.Join(", ", names)}.");
            }
        }
    }

    private static IReadOnlyList<string> Devices(WebApplication app) => app.Services.GetRequiredService<IGpuMmProvider>().Names;

    private static void StartWorkloads(WebApplication app, ServeOptions options)
    {
        IGpuMmProvider provider = app.Services.GetRequiredService<IGpuMmProvider>();
        foreach (string workload in options.Workloads)
        {
            string[] parts = workload.Split('@', 2);
            app.Services.GetRequiredService<WorkloadService>().Start(provider.GetGpu(parts.Length == 2 ? parts[1] : provider.Names[0]), new WorkloadRequest(parts[0]));
        }
    }
}
