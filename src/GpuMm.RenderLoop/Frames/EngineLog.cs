using GpuMm.Simulation;

namespace GpuMm.RenderLoop.Frames;

/// <summary>Writes into the ledger what the engines of a machine did.</summary>
internal sealed class EngineLog(SimulatedDriver driver, FrameLedger ledger) : IMachineObserver
{
    /// <summary>Added to the number of a client whose job is not shown.</summary>
    public const int Unseen = 0x100;

    /// <inheritdoc/>
    public void OnSpan(in MachineSpan span)
    {
        switch (span.Label.Activity)
        {
            case MachineActivity.Job when (span.Label.ClientId & Unseen) != 0:
                ledger.OtherJob(span.StartNs, span.EndNs);
                break;

            case MachineActivity.Job:
                // What exceeds the fixed part is the stream over the link, waits for a share of it included.
                long aloneNs = driver.Profile.Link.StreamNs(span.LinkBytes);
                long linkNs = span.LinkBytes == 0 ? 0 : span.EndNs - span.StartNs - (span.AloneNs - aloneNs);
                ledger.Job(span.StartNs, span.EndNs, linkNs, span.LinkBytes);
                break;

            case MachineActivity.Copy or MachineActivity.Eviction or MachineActivity.Clear:
                // What leaves video memory makes room, whoever asked for it; a hop on the way in carries nothing.
                bool leaves = span.Label.From == MemoryDomain.Vram && span.Label.To != MemoryDomain.Vram;
                ledger.Copy(new TimeSpent(
                    span.StartNs, span.EndNs, leaves ? FrameCause.Eviction : FrameCause.Upload, span.Label.ObjectId, span.LinkBytes));
                break;

            default:
                break; // The processor's own time is told by the driver port, with the object it was for.
        }
    }
}
