namespace GpuMm.Fences;

/// <summary>A point that work reaches: a number on a timeline. <c>default</c> is a fence that is always signalled.</summary>
/// <param name="Context">The timeline, or null.</param>
/// <param name="Seqno">The number on it.</param>
public readonly record struct Fence(FenceContext? Context, ulong Seqno)
{
    /// <summary>True once the work is done; never becomes false again.</summary>
    public bool IsSignaled => Context is null || Context.SignaledSeqno >= Seqno;

    /// <inheritdoc/>
    public override string ToString() => Context is null ? "signalled" : $"{Context.Name}:{Seqno}";
}
