using System.Diagnostics.Tracing;
using GpuMm.Diagnostics;

namespace GpuMm.Hosting.Diagnostics;

/// <summary>One event per move, eviction and fault, for <c>dotnet-trace --providers GpuMm</c>. Off, it costs one test.</summary>
[EventSource(Name = GpuMmDiagnostics.EventSourceName)]
internal sealed class GpuMmEventSource : EventSource
{
    public static readonly GpuMmEventSource Instance = new();

    private GpuMmEventSource()
    {
    }

    [NonEvent]
    public void Write(string device, in DeviceEvent occurred)
    {
        if (IsEnabled())
        {
            Happened(device, occurred.Kind.ToString(), (long)occurred.Sequence, (long)occurred.ObjectId, occurred.ClientId, (long)occurred.SizeBytes, (int?)occurred.From ?? -1, (int?)occurred.To ?? -1, (long)occurred.RelatedId);
        }
    }

    [Event(1, Level = EventLevel.Verbose)]
    private void Happened(string device, string kind, long sequence, long objectId, int clientId, long sizeBytes, int from, int to, long relatedId) =>
        WriteEvent(1, device, kind, sequence, objectId, clientId, sizeBytes, from, to, relatedId);
}
