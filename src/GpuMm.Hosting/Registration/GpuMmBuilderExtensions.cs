using System;
using System.Linq;
using GpuMm.Eviction;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Registration;
using GpuMm.Simulation;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what devices choose from by name: policies and links of one's own.</summary>
public static class GpuMmBuilderExtensions
{
    /// <summary>Adds an eviction policy of one's own; a device uses it with <see cref="SimulatedGpuOptions.EvictionPolicy"/>.</summary>
    /// <typeparam name="TPolicy">The ranking.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="name">What configuration says; lower-case letters, digits and dashes.</param>
    /// <param name="summary">One line for people; null for the name of the type.</param>
    /// <exception cref="ArgumentException">Another policy has the name.</exception>
    /// <remarks>Policies are known to the whole process, as those built in are. Repeating a call changes nothing.</remarks>
    public static IGpuMmBuilder AddEvictionPolicy<TPolicy>(this IGpuMmBuilder builder, string name, string? summary = null)
        where TPolicy : struct, IEvictionPolicy
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!EvictionPolicies.TryCreate(name, out EvictionPolicy? known) || known is not RankedEvictionPolicy<TPolicy>)
        {
            EvictionPolicies.Register<TPolicy>(name, summary ?? typeof(TPolicy).Name);
        }

        return builder;
    }

    /// <summary>Adds a link of one's own; a device uses it with <see cref="SimulatedGpuOptions.Link"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="link">The link.</param>
    /// <exception cref="ArgumentException">Another link has the name.</exception>
    /// <remarks>Known to the devices of this container only. Repeating a call with an equal link changes nothing.</remarks>
    public static IGpuMmBuilder AddLinkModel(this IGpuMmBuilder builder, LinkModel link)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(link);
        string name = link.Name;
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ArgumentException("A link needs a name, by which devices choose it.", nameof(link));
        }

        LinkModel? known = LinkModels.TryGet(name, out LinkModel? builtIn) ? builtIn
            : builder.Services.Select(static each => each.IsKeyedService ? null : each.ImplementationInstance as LinkModel)
                .FirstOrDefault(each => string.Equals(each?.Name, name, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            builder.Services.AddSingleton(link);
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<SimulatedGpuOptions>, AddedLinks>());
        }
        else if (known != link)
        {
            throw new ArgumentException($"There is a link '{name}' already; give yours another name.", nameof(link));
        }

        return builder;
    }
}
