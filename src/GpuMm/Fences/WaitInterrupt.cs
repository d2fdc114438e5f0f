using System.Collections.Generic;
using System.Threading;

namespace GpuMm.Fences;

/// <summary>Ends waits early, as a signal does to a thread that sleeps interruptibly.</summary>
/// <remarks>
/// Pass one to the calls that may wait; they answer <see cref="MmStatus.Interrupted"/> and leave the state unchanged. Safe
/// from any thread. Lock: one of its own; the gates of waiters are taken after it is left.
/// </remarks>
public sealed class WaitInterrupt
{
    private readonly List<object> _gates = []; // Lock: itself; the monitors that waiters sleep on
    private bool _isRaised; // Lock: _gates; read without it

    /// <summary>True from <see cref="Interrupt"/> to <see cref="Clear"/>: every wait that would begin ends at once.</summary>
    public bool IsRaised => Volatile.Read(ref _isRaised);

    /// <summary>Ends the waits under way and those to come.</summary>
    public void Interrupt()
    {
        object[] gates;
        lock (_gates)
        {
            Volatile.Write(ref _isRaised, true);
            gates = [.. _gates];
        }

        foreach (object gate in gates)
        {
            lock (gate)
            {
                Monitor.PulseAll(gate);
            }
        }
    }

    /// <summary>The signal was dealt with: waits may begin again.</summary>
    public void Clear()
    {
        lock (_gates)
        {
            Volatile.Write(ref _isRaised, false);
        }
    }

    // Call before the gate is taken. A wait that looks at IsRaised under its gate, and then sleeps on it, misses nothing.
    internal void Join(object gate)
    {
        lock (_gates)
        {
            _gates.Add(gate);
        }
    }

    internal void Leave(object gate)
    {
        lock (_gates)
        {
            _gates.Remove(gate);
        }
    }
}
