using GpuMm.Objects;

namespace GpuMm.TestKit;

/// <summary>A driver that copies with the CPU and needs a stop in the aperture between video memory and system RAM.</summary>
public sealed class HopDriver : InlineDriver
{
    public override MoveResult Move(in MoveRequest request) =>
        (request.From?.Domain, request.To.Domain) is (MemoryDomain.Vram, MemoryDomain.System) or (MemoryDomain.System, MemoryDomain.Vram)
            ? MoveResult.Via(new Place(MemoryDomain.Gtt))
            : base.Move(request);
}
