using GpuMm.Ranges;
using Xunit;

namespace GpuMm.UnitTests;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData(0ul, 10ul, 10ul, 10ul, false)]
    [InlineData(0ul, 11ul, 10ul, 10ul, true)]
    [InlineData(10ul, 10ul, 0ul, 10ul, false)]
    [InlineData(5ul, 0ul, 0ul, 10ul, false)]
    [InlineData(0ul, 10ul, 5ul, 0ul, false)]
    [InlineData(ulong.MaxValue - 4, 5ul, ulong.MaxValue, 1ul, true)]
    [InlineData(ulong.MaxValue - 4, 4ul, ulong.MaxValue, 1ul, false)]
    public void RangesOverlapOnlyWhenTheyShareAByte(ulong a, ulong aSize, ulong b, ulong bSize, bool expected)
    {
        Assert.Equal(expected, new ByteRange(a, aSize).Overlaps(new ByteRange(b, bSize)));
        Assert.Equal(expected, new ByteRange(b, bSize).Overlaps(new ByteRange(a, aSize)));
    }
}
