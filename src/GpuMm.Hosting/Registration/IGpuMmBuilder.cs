using Microsoft.Extensions.DependencyInjection;

namespace GpuMm.Hosting.Registration;

/// <summary>Where devices and what goes with them are registered.</summary>
public interface IGpuMmBuilder
{
    /// <summary>The services.</summary>
    IServiceCollection Services { get; }
}
