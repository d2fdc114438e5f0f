using System;
using System.Diagnostics;
using System.Threading;

namespace GpuMm.Fences;

/// <summary>
/// A timeline: numbers are issued in order and signalled in order, so one number says how far the work has come.
/// </summary>
/// <remarks>
/// Lock: a monitor of its own, the innermost of all; signalling and issuing are safe from any thread. Source: the
/// kernel's dma_fence contexts and Vulkan's timeline semaphores, for the shape.
/// </remarks>
public sealed class FenceContext
{
    private readonly object _gate = new();
    private ulong _issuedSeqno; // Lock: _gate; read without it
    private ulong _signaledSeqno; // Lock: _gate; read without it
    private int _waiters; // Lock: _gate; threads that sleep on it

    /// <summary>A timeline at 0.</summary>
    /// <param name="name">Shown in dumps.</param>
    public FenceContext(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <summary>Shown in dumps.</summary>
    public string Name { get; }

    /// <summary>The last number issued; 0 before the first.</summary>
    public ulong IssuedSeqno => Volatile.Read(ref _issuedSeqno);

    /// <summary>All numbers up to this one are signalled.</summary>
    public ulong SignaledSeqno => Volatile.Read(ref _signaledSeqno);

    /// <summary>Issues the next fence.</summary>
    public Fence Issue()
    {
        lock (_gate)
        {
            return new Fence(this, ++_issuedSeqno);
        }
    }

    /// <summary>Signals every fence up to a number.</summary>
    /// <param name="seqno">From <see cref="SignaledSeqno"/> to <see cref="IssuedSeqno"/>.</param>
    /// <exception cref="InvalidOperationException">The number was never issued, or lies behind.</exception>
    public void SignalTo(ulong seqno)
    {
        lock (_gate)
        {
            if (seqno > _issuedSeqno || seqno < _signaledSeqno)
            {
                throw new InvalidOperationException(
                    $"Fence context '{Name}': {seqno} is signalled out of order (signalled {_signaledSeqno}, issued {_issuedSeqno}).");
            }

            Volatile.Write(ref _signaledSeqno, seqno);
            if (_waiters > 0)
            {
                // Only then: a pulse makes the monitor a heavy one for good, also when nobody sleeps.
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Blocks the thread until a number is signalled by another thread.</summary>
    /// <param name="seqno">An issued number.</param>
    /// <param name="interrupt">Ends the wait early; null for never.</param>
    /// <returns><see cref="MmStatus.Ok"/>, or <see cref="MmStatus.Interrupted"/>.</returns>
    public MmStatus WaitBlocking(ulong seqno, WaitInterrupt? interrupt = null)
    {
        interrupt?.Join(_gate);
        try
        {
            return WaitSlowly(seqno, interrupt);
        }
        finally
        {
            interrupt?.Leave(_gate);
        }
    }

    private MmStatus WaitSlowly(ulong seqno, WaitInterrupt? interrupt)
    {
        lock (_gate)
        {
            Debug.Assert(seqno <= _issuedSeqno, "Only issued fences are waited for.");
            while (_signaledSeqno < seqno)
            {
                if (interrupt is { IsRaised: true })
                {
                    return MmStatus.Interrupted;
                }

                _waiters++;
                try
                {
                    Monitor.Wait(_gate);
                }
                finally
                {
                    _waiters--;
                }
            }

            return MmStatus.Ok;
        }
    }
}
