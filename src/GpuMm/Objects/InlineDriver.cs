using GpuMm.Fences;

namespace GpuMm.Objects;

/// <summary>A driver without a GPU: waits for whatever uses the object, copies with the CPU, and is done.</summary>
public class InlineDriver : GpuDriver
{
    /// <inheritdoc/>
    public override bool WantsAccesses => false;

    /// <inheritdoc/>
    public override MoveResult Move(in MoveRequest request)
    {
        Reservation reservation = request.Target.Reservation;
        for (int i = 0; i < reservation.FenceCount; i++)
        {
            WaitFence(reservation.FenceAt(i, out _));
        }

        request.CopyContents();
        return MoveResult.Done;
    }

    /// <inheritdoc/>
    public override MmStatus WaitFence(Fence fence, ulong limitNs, WaitInterrupt? interrupt) =>
        fence.Context?.WaitBlocking(fence.Seqno, interrupt) ?? MmStatus.Ok;
}
