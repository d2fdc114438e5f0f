using System;
using System.Diagnostics;
using GpuMm.Fences;

namespace GpuMm.Hosting.Machine;

/// <summary>A part of the GPU that does one job at a time on the wall clock: a render ring, a copy engine.</summary>
/// <remarks>Lock: its own, innermost but for the timeline's. Safe for concurrent use. Cost: O(1) per job.</remarks>
public sealed class RealTimeEngine
{
    private readonly object _gate = new();
    private long[] _completionsNs = new long[64]; // Lock: _gate; a ring, by seqno modulo its length
    private long _busyUntilNs; // Lock: _gate
    private long _busyNs; // Lock: _gate

    internal RealTimeEngine(string name)
    {
        Timeline = new FenceContext(name);
    }

    /// <summary>The fences of its jobs.</summary>
    public FenceContext Timeline { get; }

    /// <summary>Time it worked or will work for what was queued so far, ns.</summary>
    public long BusyNs
    {
        get
        {
            lock (_gate)
            {
                return _busyNs;
            }
        }
    }

    /// <summary>Jobs that have not ended.</summary>
    public ulong PendingCount
    {
        get
        {
            // In this order: whoever issues and signals in between must not make it less than nothing.
            ulong signaled = Timeline.SignaledSeqno;
            return Timeline.IssuedSeqno - signaled;
        }
    }

    internal Fence Submit(long readyNs, long durationNs, long nowNs)
    {
        lock (_gate)
        {
            long startNs = Math.Max(Math.Max(readyNs, _busyUntilNs), nowNs);
            _busyUntilNs = startNs + durationNs;
            _busyNs += durationNs;
            Fence fence = Timeline.Issue();
            if (fence.Seqno - Timeline.SignaledSeqno > (ulong)_completionsNs.Length)
            {
                Grow();
            }

            _completionsNs[Slot(fence.Seqno)] = _busyUntilNs;
            return fence;
        }
    }

    // 0 for what is signalled.
    internal long CompletionNs(ulong seqno)
    {
        lock (_gate)
        {
            return seqno <= Timeline.SignaledSeqno ? 0 : _completionsNs[Slot(seqno)];
        }
    }

    /// <summary>Signals what has ended by now.</summary>
    /// <returns>When the next job ends; <see cref="long.MaxValue"/> when none is queued.</returns>
    internal long Pump(long nowNs)
    {
        lock (_gate)
        {
            ulong signaled = Timeline.SignaledSeqno;
            ulong done = signaled;
            while (done < Timeline.IssuedSeqno && _completionsNs[Slot(done + 1)] <= nowNs)
            {
                done++;
            }

            if (done != signaled)
            {
                Timeline.SignalTo(done);
            }

            return done < Timeline.IssuedSeqno ? _completionsNs[Slot(done + 1)] : long.MaxValue;
        }
    }

    private int Slot(ulong seqno) => (int)(seqno % (ulong)_completionsNs.Length);

    private void Grow()
    {
        long[] larger = new long[_completionsNs.Length * 2];
        for (ulong seqno = Timeline.SignaledSeqno + 1; seqno < Timeline.IssuedSeqno; seqno++)
        {
            larger[seqno % (ulong)larger.Length] = _completionsNs[Slot(seqno)];
        }

        Debug.Assert(larger.Length > _completionsNs.Length, "The ring grows.");
        _completionsNs = larger;
    }
}
