using Microsoft.Extensions.DependencyInjection;

namespace GpuMm.Hosting.Registration;

/// <summary>The builder.</summary>
internal sealed record GpuMmBuilder(IServiceCollection Services) : IGpuMmBuilder;
