using System;
using BenchmarkDotNet.Attributes;
using GpuMm.Fences;
using GpuMm.Simulation;

namespace GpuMm.Benchmarks.Machines;

/// <summary>What a submission costs when nothing moves, and what a job costs the machine.</summary>
[MemoryDiagnoser]
public class MachineBenchmarks : IDisposable
{
    private const int Objects = 256;
    private ResidentLoop _own = null!;
    private ResidentLoop _shared = null!;
    private Machine _machine = null!;

    [GlobalSetup]
    public void Setup()
    {
        _own = new ResidentLoop(Objects, sharesReservation: false);
        _shared = new ResidentLoop(Objects, sharesReservation: true);
        _machine = new Machine(MachineProfile.Find("rtx4090")!, new VirtualClock());
    }

    [Benchmark(OperationsPerInvoke = Objects)]
    public void ResidentReferenceOfItsOwn() => _own.Submit();

    [Benchmark(OperationsPerInvoke = Objects)]
    public void ResidentReferenceOfAGroup() => _shared.Submit();

    [Benchmark]
    public Fence CopyThenJob()
    {
        Fence copy = _machine.CopyEngines[0].Queue.Submit(new JobDescription(100, 1000, 4096));
        Fence job = _machine.Render.Queue.Submit(new JobDescription(500), [copy]);
        _machine.Clock.Advance(2000);
        return job;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _own?.Dispose();
        _shared?.Dispose();
        GC.SuppressFinalize(this);
    }
}
