using System.Threading.Tasks;
using GpuMm.Hosting.Machine;

namespace GpuMm.Dashboard.Api;

/// <summary>What is answered is kept: the answer waits until the journal is on the disk.</summary>
internal static class Durability
{
    public static ValueTask KeepAsync(this SimulatedGpu gpu) => gpu.Journal is { } journal ? journal.WhenDurableAsync() : ValueTask.CompletedTask;
}
