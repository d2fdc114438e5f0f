using System;
using GpuMm.Vulkan.Memory;

namespace GpuMm.Vulkan.Mirror;

/// <summary>What a mirror did so far.</summary>
internal sealed class MirrorCounters
{
    private readonly long[] _timeNs = new long[9];
    private readonly long[] _bytes = new long[9];
    private readonly long[] _counts = new long[9];

    /// <summary>Moves, of every kind.</summary>
    public long Moves { get; private set; }

    /// <summary>Of those, where only a target was cleared.</summary>
    public long Clears { get; private set; }

    /// <summary>Of those, that are bookkeeping to the model (system RAM into the aperture and back) and a copy here.</summary>
    public long Rebinds { get; private set; }

    /// <summary>Bytes of all moves.</summary>
    public long MovedBytes { get; private set; }

    /// <summary>Bytes that the CPU had written and the device was given.</summary>
    public long PassedOnBytes { get; set; }

    /// <summary>Bytes of the CPU that were compared with what the device was given: what looking for writes costs.</summary>
    public long ComparedBytes { get; set; }

    /// <summary>Checksums that a shader took.</summary>
    public long ChecksumCount { get; set; }

    /// <summary>Bytes of those.</summary>
    public long ChecksumBytes { get; set; }

    /// <summary>Time between the timestamps of the copies that the model has a time for, ns.</summary>
    public long TimedNs { get; private set; }

    /// <summary>What the model says of the same copies, ns.</summary>
    public long ModelNs { get; private set; }

    /// <summary>The last copy's time, ns.</summary>
    public long LastNs { get; private set; }

    /// <summary>Copies whose time is known.</summary>
    public long TimedCount { get; private set; }

    /// <summary>Receives each copy's time, in order; null for nobody.</summary>
    public Action<CopyTag, long>? Listener { get; set; }

    public long TimeNs(MemoryDomain from, MemoryDomain to) => _timeNs[Index(from, to)];

    public long Bytes(MemoryDomain from, MemoryDomain to) => _bytes[Index(from, to)];

    public long Count(MemoryDomain from, MemoryDomain to) => _counts[Index(from, to)];

    public void CountMove(bool clears, bool carriesBytes, ulong sizeBytes)
    {
        Moves++;
        Clears += clears ? 1 : 0;
        Rebinds += !clears && !carriesBytes ? 1 : 0;
        MovedBytes += (long)sizeBytes;
    }

    public void AddTime(in CopyTag tag, long durationNs)
    {
        LastNs = durationNs;
        int index = Index(tag.From, tag.To);
        _timeNs[index] += durationNs;
        _bytes[index] += (long)tag.SizeBytes;
        _counts[index]++;
        if (tag.ModelNs > 0)
        {
            TimedCount++;
            TimedNs += durationNs;
            ModelNs += tag.ModelNs;
        }

        Listener?.Invoke(tag, durationNs);
    }

    private static int Index(MemoryDomain from, MemoryDomain to) => ((int)from * 3) + (int)to;
}
