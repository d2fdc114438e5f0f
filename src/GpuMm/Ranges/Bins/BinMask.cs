using System.Numerics;

namespace GpuMm.Ranges;

/// <summary>Which size classes have holes: a bit for each class, and a bit for each level of 64 classes that has any.</summary>
internal struct BinMask
{
    internal const int None = -1;

    private readonly ulong[] _classes;
    private uint _levels; // bit i: _classes[i] is not 0

    public BinMask()
    {
        _classes = new ulong[BinClass.LevelCount];
    }

    internal readonly bool IsEmpty => _levels == 0;

    internal readonly long MetadataBytes => 8L * _classes.Length;

    /// <summary>The highest class that has a hole; one must.</summary>
    internal readonly int Highest
    {
        get
        {
            int level = BitOperations.Log2(_levels);
            return (level * BinClass.PerLevel) + BitOperations.Log2(_classes[level]);
        }
    }

    internal readonly bool Has(int bin) =>
        ((_classes[bin / BinClass.PerLevel] >> (bin % BinClass.PerLevel)) & 1) != 0;

    internal void Set(int bin)
    {
        _classes[bin >> 6] |= 1ul << (bin & 63);
        _levels |= 1u << (bin >> 6);
    }

    internal void Clear(int bin)
    {
        ref ulong classes = ref _classes[bin >> 6];
        classes &= ~(1ul << (bin & 63));
        if (classes == 0)
        {
            _levels &= ~(1u << (bin >> 6));
        }
    }

    /// <summary>The lowest class from one upward that has a hole, or <see cref="None"/>.</summary>
    internal readonly int FirstFrom(int bin)
    {
        int level = bin >> 6;
        if (level >= BinClass.LevelCount)
        {
            return None;
        }

        ulong classes = _classes[level] & (ulong.MaxValue << (bin & 63));
        if (classes == 0)
        {
            uint levels = _levels & unchecked((uint)(0xFFFF_FFFEul << level));
            if (levels == 0)
            {
                return None;
            }

            level = BitOperations.TrailingZeroCount(levels);
            classes = _classes[level];
        }

        return (level << 6) + BitOperations.TrailingZeroCount(classes);
    }

    /// <summary>Null, or the level that the mask of levels is wrong about.</summary>
    internal readonly string? Validate()
    {
        for (int level = 0; level < BinClass.LevelCount; level++)
        {
            if (((_levels >> level) & 1) != (_classes[level] == 0 ? 0u : 1u))
            {
                return $"the mask of levels disagrees with level {level}";
            }
        }

        return null;
    }
}
