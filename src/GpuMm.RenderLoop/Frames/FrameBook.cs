using System;
using System.Collections.Generic;

namespace GpuMm.RenderLoop.Frames;

/// <summary>Every frame of a run: its time, whose it was, where the time went; and the worst stutters in detail.</summary>
/// <remarks>All room is taken in the constructor: the memory of a run does not grow while it goes on.</remarks>
public sealed class FrameBook
{
    /// <summary>Most stutters that are kept with their objects: the longest.</summary>
    public const int MaxStutters = 64;

    /// <summary>Most parts with an object that are kept of one stutter: the longest.</summary>
    public const int MaxStutterParts = 16;

    private readonly long[] _frameNs;
    private readonly long[] _causeNs;
    private readonly byte[] _clients;
    private readonly bool[] _isCounted;
    private readonly StutterSlot[] _stutters = new StutterSlot[MaxStutters];
    private int _stutterSlots;

    /// <summary>Room for a run.</summary>
    /// <param name="capacity">Most frames.</param>
    /// <param name="stutterLimitNs">A counted frame that takes longer is a stutter, ns.</param>
    public FrameBook(int capacity, long stutterLimitNs)
    {
        _frameNs = new long[capacity];
        _causeNs = new long[capacity * FrameCauses.Count];
        _clients = new byte[capacity];
        _isCounted = new bool[capacity];
        StutterLimitNs = stutterLimitNs;
        for (int i = 0; i < _stutters.Length; i++)
        {
            _stutters[i] = new StutterSlot();
        }
    }

    /// <summary>A counted frame that takes longer is a stutter, ns.</summary>
    public long StutterLimitNs { get; }

    /// <summary>Frames recorded.</summary>
    public int Count { get; private set; }

    /// <summary>Counted frames over the limit.</summary>
    public int StutterCount { get; private set; }

    /// <summary>The longest counted frame, ns.</summary>
    public long LongestNs { get; private set; }

    /// <summary>The time of a frame, ns.</summary>
    /// <param name="frame">Its number, from 0.</param>
    public long FrameNs(int frame) => _frameNs.AsSpan(0, Count)[frame];

    /// <summary>The time of some frames together, ns.</summary>
    /// <param name="first">The first.</param>
    /// <param name="end">The first behind them.</param>
    public long Sum(int first, int end)
    {
        long sum = 0;
        for (int i = first; i < end; i++)
        {
            sum += _frameNs[i];
        }

        return sum;
    }

    /// <summary>Where the time of a frame went, ns by cause.</summary>
    /// <param name="frame">Its number, from 0.</param>
    public ReadOnlySpan<long> CauseNs(int frame) => _causeNs.AsSpan(frame * FrameCauses.Count, FrameCauses.Count);

    /// <summary>Whose frame it was.</summary>
    /// <param name="frame">Its number, from 0.</param>
    public int ClientOf(int frame) => _clients[frame];

    /// <summary>Whether a frame counts; frames of a loading screen do not.</summary>
    /// <param name="frame">Its number, from 0.</param>
    public bool IsCounted(int frame) => _isCounted[frame];

    /// <summary>Records a frame.</summary>
    /// <param name="timing">Its points in time.</param>
    /// <param name="client">Whose it is, 0 to 255.</param>
    /// <param name="isCounted">False for a frame of a loading screen: kept, but no stutter and in no percentile.</param>
    /// <param name="ledger">Divides its time.</param>
    public void Add(in FrameTiming timing, int client, bool isCounted, FrameLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        bool isStutter = isCounted && timing.FrameNs > StutterLimitNs;
        ledger.Close(timing, isStutter);
        _frameNs[Count] = timing.FrameNs;
        _clients[Count] = (byte)client;
        _isCounted[Count] = isCounted;
        ledger.CauseNs.CopyTo(_causeNs.AsSpan(Count * FrameCauses.Count));
        if (isCounted)
        {
            LongestNs = Math.Max(LongestNs, timing.FrameNs);
        }

        if (isStutter)
        {
            StutterCount++;
            Keep(Count, timing.FrameNs, ledger.Parts);
        }

        Count++;
    }

    /// <summary>The frame whose time a share of the counted frames does not exceed: the nearest-rank percentile.</summary>
    /// <param name="percent">1 to 100.</param>
    /// <param name="client">Frames of this client only; -1 for all.</param>
    /// <returns>The first frame of that time; -1 when nothing was counted. Cost: sorts a copy.</returns>
    public int PercentileFrame(int percent, int client = -1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percent, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        List<(long FrameNs, int Frame)> sorted = new(Count);
        for (int i = 0; i < Count; i++)
        {
            if (_isCounted[i] && (client < 0 || _clients[i] == client))
            {
                sorted.Add((_frameNs[i], i));
            }
        }

        if (sorted.Count == 0)
        {
            return -1;
        }

        sorted.Sort();
        long time = sorted[(int)((((long)percent * sorted.Count) + 99) / 100) - 1].FrameNs;
        return sorted.Find(each => each.FrameNs == time).Frame;
    }

    /// <summary>The counted frames in buckets.</summary>
    public Histogram ToHistogram()
    {
        Histogram histogram = new();
        for (int i = 0; i < Count; i++)
        {
            if (_isCounted[i])
            {
                histogram.Add(_frameNs[i]);
            }
        }

        return histogram;
    }

    /// <summary>The worst stutters, in the order of the run; at most <see cref="MaxStutters"/>.</summary>
    /// <param name="nameOf">The name of an object.</param>
    /// <param name="clientName">The name of a client.</param>
    public IReadOnlyList<Stutter> Stutters(Func<ulong, string> nameOf, Func<int, string> clientName)
    {
        ArgumentNullException.ThrowIfNull(nameOf);
        ArgumentNullException.ThrowIfNull(clientName);
        StutterSlot[] kept = _stutters[.._stutterSlots];
        Array.Sort(kept, static (a, b) => a.Frame.CompareTo(b.Frame));
        List<Stutter> result = new(kept.Length);
        foreach (StutterSlot slot in kept)
        {
            List<StutterCause> causes = new(slot.PartCount);
            long memoryNs = 0;
            foreach (CausePart part in slot.Parts.AsSpan(0, slot.PartCount))
            {
                causes.Add(new StutterCause(
                    part.Cause, part.ObjectId == 0 ? null : nameOf(part.ObjectId), part.Nanoseconds, part.SizeBytes));
                memoryNs += FrameCauses.IsMemory(part.Cause) ? part.Nanoseconds : 0;
            }

            result.Add(new Stutter(
                slot.Frame, slot.FrameNs, slot.FrameNs - StutterLimitNs, memoryNs, clientName(_clients[slot.Frame]), causes));
        }

        return result;
    }

    private void Keep(int frame, long frameNs, ReadOnlySpan<CausePart> parts)
    {
        int slot = _stutterSlots;
        if (slot == MaxStutters)
        {
            slot = 0;
            for (int i = 1; i < MaxStutters; i++)
            {
                // Of equals the later one goes.
                bool isLess = _stutters[i].FrameNs < _stutters[slot].FrameNs ||
                    (_stutters[i].FrameNs == _stutters[slot].FrameNs && _stutters[i].Frame > _stutters[slot].Frame);
                slot = isLess ? i : slot;
            }

            if (frameNs <= _stutters[slot].FrameNs)
            {
                return;
            }
        }
        else
        {
            _stutterSlots++;
        }

        _stutters[slot].Set(frame, frameNs, parts);
    }

    private sealed class StutterSlot
    {
        public CausePart[] Parts { get; } = new CausePart[MaxStutterParts + FrameCauses.Count];

        public int PartCount { get; private set; }

        public int Frame { get; private set; }

        public long FrameNs { get; private set; }

        public void Set(int frame, long frameNs, ReadOnlySpan<CausePart> parts)
        {
            Frame = frame;
            FrameNs = frameNs;
            PartCount = 0;
            Span<CausePart> rest = stackalloc CausePart[FrameCauses.Count];
            rest.Clear();
            Span<bool> isTaken = stackalloc bool[parts.Length];
            isTaken.Clear();
            for (int kept = 0; kept < Math.Min(MaxStutterParts, parts.Length); kept++)
            {
                int longest = -1;
                for (int i = 0; i < parts.Length; i++)
                {
                    if (!isTaken[i] && (longest < 0 || parts[i].Nanoseconds > parts[longest].Nanoseconds))
                    {
                        longest = i;
                    }
                }

                isTaken[longest] = true;
                Parts[PartCount++] = parts[longest];
            }

            for (int i = 0; i < parts.Length; i++)
            {
                if (!isTaken[i])
                {
                    ref CausePart sum = ref rest[(int)parts[i].Cause];
                    sum = new CausePart(parts[i].Cause, 0, sum.Nanoseconds + parts[i].Nanoseconds, sum.SizeBytes + parts[i].SizeBytes);
                }
            }

            foreach (CausePart sum in rest)
            {
                if (sum.Nanoseconds > 0)
                {
                    Parts[PartCount++] = sum;
                }
            }
        }
    }
}
