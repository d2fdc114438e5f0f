using System.Collections.Generic;
using System.IO;
using GpuMm.Objects;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;
using GpuMm.Traces.Recording;
using Xunit;

namespace GpuMm.TraceTests.Recording;

/// <summary>A recorder never gets in the way of the device that it listens to.</summary>
public sealed class LongNameTests
{
    [Fact]
    public void AnObjectWithANameThatNoTraceCanHoldIsMadeAndRecordedNevertheless()
    {
        MemoryStream stream = new();
        using GpuDevice device = new(new GpuDeviceOptions { VramBytes = 1 << 20, SystemBytes = 1 << 20 }, new InlineDriver());
        DeviceRecorder recorder = new(device, new GmmtWriter(stream, "test.gmmt"));
        string name = new('n', GmmtLayout.MaxNameBytes + 1);
        OperationContext context = default;
        MmStatus status = device.TryCreate(new BufferObjectDescription(4096, name), Placement.Vram, ref context, out BufferObject? made);
        Assert.Equal(MmStatus.Ok, status);
        Assert.Equal(name, made!.Name);
        recorder.Complete();
        using GmmtReader reader = Trace.Open(stream.ToArray());
        List<TraceEvent> events = Trace.ReadAll(reader);
        Assert.Contains(events, e => e.Kind == TraceKind.Create && e.Name is { Length: > 1000 } kept && name.StartsWith(kept, System.StringComparison.Ordinal));
        recorder.Dispose();
    }
}
