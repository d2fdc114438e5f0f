using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Lab.Replay;

/// <summary>A number of where every object lies: equal for equal places, as good as never otherwise.</summary>
internal struct PlaceHash
{
    /// <summary>The number.</summary>
    public ulong Value { get; private set; }

    /// <summary>Adds an object.</summary>
    /// <param name="sizeBytes">Its size.</param>
    /// <param name="domain">Where it is; -1 for nowhere.</param>
    public void Add(ulong sizeBytes, int domain) => Mix(unchecked((sizeBytes << 3) + (ulong)(domain + 1)));

    /// <summary>Adds a range of video memory that the last object holds.</summary>
    /// <param name="range">The range.</param>
    public void Add(ByteRange range)
    {
        Mix(range.StartBytes);
        Mix(range.SizeBytes);
    }

    private void Mix(ulong word) => Value = Prng.Mix(unchecked(Value + word));
}
