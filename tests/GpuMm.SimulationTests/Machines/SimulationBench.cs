using System;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.SimulationTests.Machines;

/// <summary>A small device on a simulated machine whose every span is kept.</summary>
internal sealed class SimulationBench : IDisposable
{
    /// <summary>1 byte takes 1 ns over the link and on the card; a copy costs 100 ns more, one within the card 10.</summary>
    public static readonly MachineProfile OneBytePerNs = new()
    {
        Name = "test",
        Description = "1 GB/s everywhere",
        Link = new Bandwidth(100, 1_000_000_000),
        Vram = new Bandwidth(10, 1_000_000_000),
        BarBytes = 1ul << 40,
        CopyEngines = 2,
        FaultNs = 0,
        PteInsertNs = 0,
        ZapNs = 0,
        FarFaultNs = 45_000,
    };

    public SimulationBench(MachineProfile machine, ulong vramPages, ulong aperturePages = 256, BackingKind backing = BackingKind.Bytes)
    {
        Clock = new VirtualClock();
        Driver = new SimulatedDriver(machine, Clock);
        Test = new TestDevice(vramPages, aperturePages, systemPages: 2048, driver: Driver, backing: backing);
        Driver.Machine.AddObserver(Log);
    }

    public VirtualClock Clock { get; }

    public SimulatedDriver Driver { get; }

    public Machine Machine => Driver.Machine;

    public TestDevice Test { get; }

    public SpanLog Log { get; } = new();

    public SubmissionQueue Client(SubmissionOptions? options = null) => new(Driver, options ?? new SubmissionOptions());

    public Fence Submit(SubmissionQueue queue, long baseNs, params TextureUse[] uses)
    {
        Assert.Equal(MmStatus.Ok, queue.Submit(uses, baseNs, out Fence fence));
        return fence;
    }

    /// <summary>Lets everything end.</summary>
    public void Drain()
    {
        while (Machine.NextEventNs != long.MaxValue)
        {
            Clock.AdvanceTo(new SimTime(Machine.NextEventNs));
        }
    }

    public MachineSpan SpanOf(Fence fence) => Log.Spans.Single(span => span.Fence == fence && span.Track != Machine.CpuTrack);

    public void Dispose() => Test.Dispose();
}
