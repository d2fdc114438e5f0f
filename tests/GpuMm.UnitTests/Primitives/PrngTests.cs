using GpuMm.Primitives;
using Xunit;

namespace GpuMm.UnitTests.Primitives;

public sealed class PrngTests
{
    [Fact]
    public void TheNumbersAreThoseOfThePublishedGenerators()
    {
        // splitmix64 from 1234567, as its authors' reference program prints it.
        ulong state = 1234567;
        Assert.Equal(6457827717110365317ul, Prng.SplitMix(ref state));
        Assert.Equal(3203168211198807973ul, Prng.SplitMix(ref state));
        Assert.Equal(9817491932198370423ul, Prng.SplitMix(ref state));
    }

    [Fact]
    public void BelowStaysBelowAndReachesEverything()
    {
        Prng prng = new(7);
        bool[] seen = new bool[10];
        for (int i = 0; i < 1_000; i++)
        {
            seen[prng.Below(10)] = true;
        }

        Assert.DoesNotContain(false, seen);
        Assert.Equal(0u, prng.Below(1));
    }

    [Fact]
    public void TheSameSeedGivesTheSameNumbersAndAnotherSeedOthers()
    {
        Assert.Equal(new Prng(3).Next(), new Prng(3).Next());
        Assert.NotEqual(new Prng(3).Next(), new Prng(4).Next());
    }
}
