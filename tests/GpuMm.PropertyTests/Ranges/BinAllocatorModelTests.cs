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
            BinSide side = new(new NaiveSpaceModel((ulong)units, maxLive), units, maxLive, weights, isDense: false);
            return (side, side);
        });

    // At most eight units for each block that may live: the layout for spaces of many small blocks.
    private static readonly Gen<(BinSide Subject, BinSide Model)> s_denseStart = Gen.Select(
        Gen.Int[1, 700],
        Gen.Int[0, 40],
        Gen.Int[1, 9].Array[3],
        (units, more, weights) =>
        {
            int maxLive = ((units + 7) / 8) + more;
            BinSide side = new(new NaiveSpaceModel((ulong)units, maxLive), units, maxLive, weights, isDense: true);
            return (side, side);
        });

    [Fact]
    public void TheDenseLayoutAgreesWithTheModelAfterEveryOperation()
    {
        s_denseStart.SampleModelBased(
            s_call.Operation<BinSide, BinSide>(static (side, call) => side.Apply(call), static (_, _) => { }),
            equal: static (side, _) => side.Fault is null,
            iter: 1_500,
            classify: static side => side.Describe(),
            writeLine: output.WriteLine);
    }

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
