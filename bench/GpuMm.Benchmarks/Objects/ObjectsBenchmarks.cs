using System;
using BenchmarkDotNet.Attributes;

namespace GpuMm.Benchmarks.Objects;

/// <summary>The questions of <c>objects</c>, for BenchmarkDotNet.</summary>
[MemoryDiagnoser]
public class ObjectsBenchmarks : IDisposable
{
    private const int Operations = 1024;
    private ObjectsRig _rig = null!;

    [GlobalSetup]
    public void Setup() => _rig = new ObjectsRig();

    [Benchmark(OperationsPerInvoke = Operations)]
    public void ReserveValidateInPlaceUnreserve() => _rig.ReserveAndValidate(Operations);

    [Benchmark(OperationsPerInvoke = Operations)]
    public void BumpAThousandInBulk() => _rig.BumpBulk(Operations);

    [Benchmark(OperationsPerInvoke = Operations)]
    public void EvictToTheApertureAndMoveIn() => _rig.EvictAndMoveIn(Operations);

    [Benchmark(OperationsPerInvoke = Operations)]
    public void EvictByDroppingAndMoveIn() => _rig.DropAndMoveIn(Operations);

    [GlobalCleanup]
    public void Dispose()
    {
        _rig?.Dispose();
        GC.SuppressFinalize(this);
    }
}
