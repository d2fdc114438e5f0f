using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace GpuMm.Dashboard.Live;

/// <summary>Stops the picture of a viewer whose browser cannot be reached: it may be gone for good, and its page waits minutes for it.</summary>
internal sealed class ViewerCircuit(ViewState state) : CircuitHandler
{
    /// <inheritdoc/>
    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        state.CutOff(true);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        state.CutOff(false);
        return Task.CompletedTask;
    }
}
