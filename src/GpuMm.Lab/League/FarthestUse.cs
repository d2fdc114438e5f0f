using System.Numerics;

namespace GpuMm.Lab.League;

/// <summary>
/// The next uses of all resident objects, as one bit per request of the trace, and bits over words that have one: the
/// farthest is the highest bit. Every call touches a handful of words, whatever the number of objects.
/// </summary>
internal sealed class FarthestUse
{
    private const int WordBits = 6; // 64 bits per word

    private readonly ulong[][] _levels; // [0] has a bit per request; each word is a bit one level up

    public FarthestUse(long requestCount)
    {
        int levels = 1;
        for (long words = Words(requestCount + 1); words > 1; words = Words(words))
        {
            levels++;
        }

        _levels = new ulong[levels][];
        long bits = requestCount + 1;
        for (int level = 0; level < levels; level++)
        {
            _levels[level] = new ulong[Words(bits)];
            bits = _levels[level].Length;
        }
    }

    /// <summary>Bytes that the bits take.</summary>
    public long MetadataBytes
    {
        get
        {
            long bytes = 0;
            foreach (ulong[] level in _levels)
            {
                bytes += level.LongLength * sizeof(ulong);
            }

            return bytes;
        }
    }

    public void Add(long number)
    {
        foreach (ulong[] level in _levels)
        {
            ref ulong word = ref level[number >> WordBits];
            bool wasEmpty = word == 0;
            word |= 1ul << (int)(number & 63);
            if (!wasEmpty)
            {
                return; // The levels above know already.
            }

            number >>= WordBits;
        }
    }

    public void Remove(long number)
    {
        foreach (ulong[] level in _levels)
        {
            ref ulong word = ref level[number >> WordBits];
            word &= ~(1ul << (int)(number & 63));
            if (word != 0)
            {
                return;
            }

            number >>= WordBits;
        }
    }

    /// <summary>The farthest; -1 when there is none.</summary>
    public long Last()
    {
        long at = 0;
        for (int level = _levels.Length - 1; level >= 0; level--)
        {
            ulong word = _levels[level][at];
            if (word == 0)
            {
                return -1;
            }

            at = (at << WordBits) | (long)(63 - BitOperations.LeadingZeroCount(word));
        }

        return at;
    }

    private static long Words(long bits) => (bits + 63) >> WordBits;
}
