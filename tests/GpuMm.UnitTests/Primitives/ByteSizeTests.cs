using GpuMm.Primitives;
using Xunit;

namespace GpuMm.UnitTests.Primitives;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0ul)]
    [InlineData("4096", 4096ul)]
    [InlineData("4096B", 4096ul)]
    [InlineData("8GiB", 8ul << 30)]
    [InlineData(" 8 gib ", 8ul << 30)]
    [InlineData("1.5M", 3ul << 19)]
    [InlineData("2kb", 2000ul)]
    [InlineData("1.5GB", 1_500_000_000ul)]
    [InlineData("8191PiB", 0ul, false)]
    [InlineData("4TiB", 4ul << 40)]
    [InlineData("", 0ul, false)]
    [InlineData("MiB", 0ul, false)]
    [InlineData("-1", 0ul, false)]
    [InlineData("1.2.3M", 0ul, false)]
    [InlineData("12XB", 0ul, false)]
    [InlineData("1e9", 0ul, false)]
    [InlineData("0.3B", 0ul, false)]
    [InlineData("9223372036854775807", 9223372036854775807ul)]
    [InlineData("9223372036854775808", 0ul, false)]
    [InlineData("99999999999999999999999999999999999T", 0ul, false)]
    public void SizesAreReadAsPeopleWriteThem(string text, ulong expected, bool isSize = true)
    {
        Assert.Equal(isSize, ByteSize.TryParse(text, out ulong sizeBytes));
        Assert.Equal(expected, sizeBytes);
    }

    [Theory]
    [InlineData(0ul, "0 B")]
    [InlineData(1023ul, "1023 B")]
    [InlineData(96ul << 20, "96 MiB")]
    [InlineData(5ul << 28, "1.25 GiB")]
    [InlineData(ulong.MaxValue, "16 EiB")]
    public void SizesAreWrittenWithTheLargestUnit(ulong sizeBytes, string expected)
    {
        Assert.Equal(expected, ByteSize.Format(sizeBytes));
    }
}
