using System;
using System.Linq;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Registration;
using GpuMm.Hosting.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers simulated GPUs.</summary>
public static class GpuMmServiceCollectionExtensions
{
    /// <summary>Registers what every device needs. Repeating it changes nothing but the options.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets what all devices share; null for the defaults.</param>
    public static IGpuMmBuilder AddGpuMm(this IServiceCollection services, Action<GpuMmOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<GpuMmOptions> options = services.AddOptionsWithValidateOnStart<GpuMmOptions, GpuMmOptionsValidator>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IGpuMmProvider, GpuMmProvider>();
        services.TryAddSingleton(static provider => provider.GetRequiredService<IGpuMmProvider>() is { Names: [string first, ..] } gpus
            ? (IBufferObjectManager)gpus.GetGpu(first)
            : throw new InvalidOperationException("No device is registered; call AddGpuMm().AddGpu(\"gpu0\")."));
        services.TryAddSingleton<WorkerHost>();
        services.TryAddSingleton<GpuMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WorkerHost>(static provider => provider.GetRequiredService<WorkerHost>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, GpuMetrics>(static provider => provider.GetRequiredService<GpuMetrics>()));
        return new GpuMmBuilder(services);
    }

    /// <summary>Registers the devices that configuration describes.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The root, or its section <c>GpuMm</c>. Each child of <c>Gpus</c> is a device.</param>
    /// <remarks>A key that nobody knows fails the start, so that a misspelt one is found.</remarks>
    public static IGpuMmBuilder AddGpuMm(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        IConfiguration section = configuration is IConfigurationSection { Key: GpuMmOptions.SectionName }
            ? configuration
            : configuration.GetSection(GpuMmOptions.SectionName);
        IGpuMmBuilder builder = services.AddGpuMm();
        services.AddOptions<GpuMmOptions>().Bind(section);
        foreach (IConfigurationSection gpu in section.GetSection("Gpus").GetChildren())
        {
            builder.AddGpu(gpu.Key);
            services.AddOptions<SimulatedGpuOptions>(gpu.Key).Bind(gpu, static options => options.ErrorOnUnknownConfiguration = true);
        }

        return builder;
    }

    /// <summary>Registers a device. Repeating a name changes nothing but its options.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The device's name: the key of its services and of its options.</param>
    /// <param name="configure">Sets what it is; null for the defaults.</param>
    public static IGpuMmBuilder AddGpu(this IGpuMmBuilder builder, string name, Action<SimulatedGpuOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > 32 || !name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            throw new ArgumentException($"'{name}' is no name of a device; use 1 to 32 letters, digits, '-' and '_'.", nameof(name));
        }

        OptionsBuilder<SimulatedGpuOptions> options = builder.Services.AddOptionsWithValidateOnStart<SimulatedGpuOptions, SimulatedGpuOptionsValidator>(name);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        if (builder.Services.Any(each => each.ImplementationInstance is GpuRegistration registered && string.Equals(registered.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            return builder;
        }

        builder.Services.AddSingleton(new GpuRegistration(name));
        builder.Services.TryAddKeyedSingleton<IBufferObjectManager>(name, static (provider, key) => provider.GetRequiredService<IGpuMmProvider>().GetGpu((string)key!));
        builder.Services.TryAddKeyedSingleton(name, static (provider, key) => provider.GetRequiredService<IGpuMmProvider>().GetGpu((string)key!));
        builder.Services.TryAddKeyedSingleton(name, static (provider, key) => provider.GetRequiredService<IGpuMmProvider>().ViewOf((string)key!));
        return builder;
    }
}
