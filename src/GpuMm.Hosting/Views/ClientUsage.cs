namespace GpuMm.Hosting.Views;

/// <summary>Bytes of one client by domain.</summary>
internal sealed class ClientUsage
{
    public ulong VramBytes { get; set; }

    public ulong GttBytes { get; set; }

    public ulong SystemBytes { get; set; }
}
