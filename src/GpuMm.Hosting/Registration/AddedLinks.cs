using System.Collections.Generic;
using GpuMm.Hosting.Options;
using GpuMm.Simulation;
using Microsoft.Extensions.Options;

namespace GpuMm.Hosting.Registration;

/// <summary>Tells options which links the program added, before they are validated.</summary>
internal sealed class AddedLinks(IEnumerable<LinkModel> links) : IPostConfigureOptions<SimulatedGpuOptions>
{
    private readonly LinkModel[] _links = [.. links];

    public void PostConfigure(string? name, SimulatedGpuOptions options) => options.AddedLinks = _links;
}
