using GpuMm.Backing;
using GpuMm.Paging;

namespace GpuMm.Clients.Legacy;

/// <summary>The nopage contract: answer a page, and trust the core to notice when it was revoked meanwhile.</summary>
public interface ILegacyNoPage
{
    /// <summary>Finds the page behind an address.</summary>
    /// <param name="area">The area.</param>
    /// <param name="address">The address of the page.</param>
    /// <param name="frame">The page, when the answer is <see cref="LegacyAnswer.Page"/>.</param>
    LegacyAnswer NoPage(VmArea area, ulong address, out FrameIndex frame);
}
