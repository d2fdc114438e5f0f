using GpuMm.Backing;
using GpuMm.Paging;

namespace GpuMm.Clients.Legacy;

/// <summary>
/// The nopfn contract: answer a frame number, always the same for the same address; or insert the entry oneself and answer
/// <see cref="LegacyAnswer.Refault"/>.
/// </summary>
public interface ILegacyNoPfn
{
    /// <summary>Finds the frame behind an address.</summary>
    /// <param name="fault">The access; for those who insert themselves.</param>
    /// <param name="frame">The frame, when the answer is <see cref="LegacyAnswer.Page"/>.</param>
    LegacyAnswer NoPfn(ref VmFault fault, out FrameIndex frame);
}
