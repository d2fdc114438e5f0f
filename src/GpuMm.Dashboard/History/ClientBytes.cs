using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.History;

/// <summary>What a client had at a moment.</summary>
/// <param name="Vram">Bytes in video memory.</param>
/// <param name="Gtt">Bytes in the aperture.</param>
/// <param name="System">Bytes in system RAM.</param>
public readonly record struct ClientBytes(ulong Vram, ulong Gtt, ulong System)
{
    internal static ClientBytes Of(ClientView? client) => client is null ? default : new ClientBytes(client.VramBytes, client.GttBytes, client.SystemBytes);

    internal ulong DistanceTo(ClientBytes other) => Distance(Vram, other.Vram) + Distance(Gtt, other.Gtt) + Distance(System, other.System);

    private static ulong Distance(ulong a, ulong b) => a > b ? a - b : b - a;
}
