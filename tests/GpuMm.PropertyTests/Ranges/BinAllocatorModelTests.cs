using CsCheck;
using GpuMm.TestKit.Ranges;
using Xunit;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>The bin allocator against a list of ranges: it fails when nothing fits, and only then.</summary>
public sealed class BinAllocatorModelTests(ITestOutputHelper output)
{
    private static readonly Gen<BinCall> s_call = Gen.Select(
        Gen.Int[0, 999], Gen.Int[0, 999], Gen.Int[0, 59], Gen.Int[0, 999],
        (roll, size, alignment, pick) => new BinCall(roll, size, alignment, pick));

    private static readonly Gen<(BinSide Subject, BinSide Model)> s_start = Gen.Select(
        Gen.Int[1, 700],
        Gen.Int[1, 40],
        Gen.Int[1, 9].Array[3],
        (units, maxLive, weights) =>
        {
            BinSide side = new(new NaiveSpaceModel((ulong)units, maxLive), units, maxLive, weights);
            return (side, side);
        });

    [Fact]
    public void BinAllocatorAgreesWithTheModelAfterEveryOperation()
    {
        s_start.SampleModelBased(
            s_call.Operation<BinSide, BinSide>(static (side, call) => side.Apply(call), static (_, _) => { }),
            equal: static (side, _) => side.Fault is null,
            iter: 1_500,
            classify: static side => side.Describe(),
            writeLine: output.WriteLine);
    }
}
