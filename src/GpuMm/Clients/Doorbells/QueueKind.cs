namespace GpuMm.Clients.Doorbells;

/// <summary>The two kinds of queue. One bit.</summary>
public enum QueueKind
{
    /// <summary>Completions: one queue of pages.</summary>
    Completion = 0,

    /// <summary>A pair: receive and send.</summary>
    Pair = 1,
}
