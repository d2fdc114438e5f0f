using System;
using System.Collections.Generic;
using System.IO;
using CsCheck;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;
using GpuMm.Traces.Recording;
using Xunit;

namespace GpuMm.TraceTests.Recording;

/// <summary>A device's events go through a file and come back the same.</summary>
public sealed class DeviceEventsTests(ITestOutputHelper output)
{
    [Fact]
    public void NothingOfADeviceEventIsLostInAFile() =>
        Gen.Select(
            Gen.Select(Gen.Enum<DeviceEventKind>(), Gen.ULong[0, long.MaxValue], Gen.ULong, Gen.ULong),
            Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.Int),
            Gen.Select(Gen.Int[-1, 7], Gen.Int[-1, 7], Gen.Enum<SkipReason>(), Gen.Enum<MmStatus>()),
            Gen.Select(Gen.Enum<MoveCause>(), Gen.Int, Gen.ULong, Gen.Int[0, 8])).Sample(
            static (a, b, c, d) =>
            {
                DeviceEvent before = new()
                {
                    Kind = a.Item1,
                    TimeNs = a.Item2,
                    ObjectId = a.Item3,
                    SizeBytes = a.Item4,
                    OffsetBytes = b.Item1,
                    RelatedId = b.Item2,
                    Detail = b.Item3,
                    ClientId = b.Item4,
                    From = c.Item1 < 0 ? null : (MemoryDomain)c.Item1,
                    To = c.Item2 < 0 ? null : (MemoryDomain)c.Item2,
                    Reason = c.Item3,
                    Status = c.Item4,
                    Cause = d.Item1,
                    Count = d.Item2,
                    DurationNs = d.Item3,
                    Placement = new PlacementCode(d.Item3, (byte)d.Item4),
                    Name = d.Item4 == 3 ? "texture" : null,
                };
                using GmmtReader reader = Trace.Open(Trace.Native([DeviceEvents.ToTrace(before)]));
                Assert.Equal(before, DeviceEvents.ToDevice(Trace.ReadAll(reader)[0]));
            },
            iter: 2_000,
            writeLine: output.WriteLine);

    [Fact]
    public void EveryKindOfEventHasAWordInATrace()
    {
        foreach (DeviceEventKind kind in Enum.GetValues<DeviceEventKind>())
        {
            TraceEvent e = DeviceEvents.ToTrace(new DeviceEvent { Kind = kind });
            Assert.Equal(kind, e.DeviceKind);
            Assert.True(Enum.IsDefined(e.Kind));
        }
    }

    [Fact]
    public void ARecorderHearsTheDeviceAndKeepsTheBytes()
    {
        MemoryStream stream = new();
        using GpuDevice device = new(new GpuDeviceOptions { VramBytes = 1 << 20, ApertureBytes = 1 << 20, SystemBytes = 4 << 20 }, new InlineDriver());
        using DeviceRecorder recorder = new(device, new GmmtWriter(stream, "test.gmmt"));
        GpuMm.Paging.AddressSpace space = device.CreateAddressSpace();
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(8192, "a"), Placement.System, ref context, out BufferObject? texture));
        recorder.Track(texture!);
        GpuMm.Paging.VmArea area = texture!.Map(space);
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress + 4090, [1, 2, 3, 4, 5, 6, 7, 8]));
        texture.Reserve();
        Assert.Equal(MmStatus.Ok, texture.Validate(Placement.Vram, ref context));
        texture.Unreserve();
        recorder.Complete();
        using GmmtReader reader = Trace.Open(stream.ToArray());
        List<TraceEvent> events = Trace.ReadAll(reader);
        TraceEvent write = Assert.Single(events, static e => e.Kind == TraceKind.CpuAccess);
        Assert.Equal((4090ul, 8ul), (write.OffsetBytes, write.SizeBytes));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], write.Contents!);
        Assert.Contains(events, static e => e.Kind == TraceKind.Move && e.To == MemoryDomain.Vram);
        Assert.Equal("a", events.Find(static e => e.Kind == TraceKind.Create).Name);
    }

    [Fact]
    public void AFullDiskStopsTheRecordingAndNotTheDevice()
    {
        using GpuDevice device = new(new GpuDeviceOptions { VramBytes = 1 << 20, ApertureBytes = 1 << 20, SystemBytes = 4 << 20 }, new InlineDriver());
        using DeviceRecorder recorder = new(device, new GmmtWriter(new FullDisk(), "full.gmmt", null, new GmmtWriterOptions { BlockBytes = 4096 }));
        for (int i = 0; i < 300; i++)
        {
            OperationContext context = default;
            Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(4096, $"texture {i}"), Placement.System, ref context, out BufferObject? texture));
            texture!.Release();
        }

        Assert.NotNull(recorder.Failure);
        Assert.Throws<IOException>(recorder.Complete);
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length > 1000)
            {
                throw new IOException("No space left on device.");
            }

            base.Write(buffer);
        }
    }
}
