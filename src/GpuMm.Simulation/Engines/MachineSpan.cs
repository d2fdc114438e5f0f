using GpuMm.Fences;

namespace GpuMm.Simulation;

/// <summary>Something that a part of the machine did, told when it is over.</summary>
/// <remarks>
/// Submitted to Ready it waited for <see cref="WaitedFor"/>; Ready to Start for its turn; Start to End it ran, of which what
/// exceeds <see cref="AloneNs"/> is due to others on the link.
/// </remarks>
/// <param name="Track">The part: an index into <see cref="Machine.TrackNames"/>.</param>
/// <param name="Label">What it did, and for whom.</param>
/// <param name="Fence">What its end signalled; for a CPU wait, what was waited for; <c>default</c> for none.</param>
/// <param name="WaitedFor">The last fence that it waited for before it was ready; <c>default</c> for none.</param>
/// <param name="SubmittedNs">When it was asked for.</param>
/// <param name="ReadyNs">When all that it depends on was done.</param>
/// <param name="StartNs">When it began.</param>
/// <param name="EndNs">When it ended.</param>
/// <param name="AloneNs">How long it takes with the link for itself.</param>
/// <param name="Direction">Which way its bytes went.</param>
/// <param name="LinkBytes">Bytes that crossed the link.</param>
public readonly record struct MachineSpan(
    int Track,
    JobLabel Label,
    Fence Fence,
    Fence WaitedFor,
    long SubmittedNs,
    long ReadyNs,
    long StartNs,
    long EndNs,
    long AloneNs,
    LinkDirection Direction,
    ulong LinkBytes);
