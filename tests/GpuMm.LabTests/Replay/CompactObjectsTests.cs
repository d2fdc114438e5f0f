using System.Collections.Generic;
using System.Runtime.CompilerServices;
using GpuMm.Lab.Replay.Compact;
using GpuMm.Primitives;
using Xunit;

namespace GpuMm.LabTests.Replay;

/// <summary>Names and numbers of the compact replay, beside a dictionary.</summary>
public sealed class CompactObjectsTests
{
    [Theory]
    [InlineData(1ul)] // Names that follow each other
    [InlineData(1ul << 40)] // Names that agree in their lower bits
    [InlineData(0x9E37_79B9_7F4A_7C15ul)] // Names all over
    public void EachNameHasTheNumberThatItGot(ulong step)
    {
        CompactObjects objects = new();
        Dictionary<ulong, int> numbers = [];
        Prng random = new(7);
        for (int i = 0; i < 100_000; i++)
        {
            ulong id = unchecked(step * (random.Next() % 50_000));
            if (!numbers.TryGetValue(id, out int number))
            {
                Assert.Equal(-1, objects.Find(id));
                number = objects.Add(id);
                Assert.Equal(numbers.Count, number);
                numbers.Add(id, number);
            }

            Assert.Equal(number, objects.Find(id));
            Assert.Equal(id, objects[number].Id);
            int guess = objects.Guess(id);
            Assert.InRange(guess, 0, objects.Count - 1); // Another's, perhaps; never nobody's.
        }

        Assert.Equal(numbers.Count, objects.Count);
        foreach ((ulong id, int number) in numbers)
        {
            Assert.Equal(number, objects.Find(id));
        }
    }

    [Fact]
    public void AGuessIsWrongHardlyEver()
    {
        CompactObjects objects = new();
        for (ulong i = 0; i < 50_000; i++)
        {
            objects.Add(Prng.Mix(i));
        }

        int wrong = 0;
        for (ulong i = 0; i < 50_000; i++)
        {
            wrong += objects.Guess(Prng.Mix(i)) != (int)i ? 1 : 0;
            wrong += objects.Guess(Prng.Mix(i + 50_000)) >= 0 ? 1 : 0;
        }

        Assert.InRange(wrong, 0, 200); // 16 bits of the hash tell them apart: some five are expected.
    }

    [Fact]
    public void AnObjectIsHalfALine() => Assert.Equal(32, Unsafe.SizeOf<CompactObject>());
}
