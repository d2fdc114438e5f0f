namespace GpuMm.Lab.Diff;

/// <summary>Where two runs part.</summary>
/// <param name="Piece">Number of the frame, from 0.</param>
/// <param name="Decision">How many decisions of it they share.</param>
/// <param name="A">What the first does next; null when nothing more in this frame.</param>
/// <param name="B">What the second does next; null when nothing more in this frame.</param>
/// <param name="TimeNsA">When the frame ends in the first run, ns.</param>
/// <param name="TimeNsB">When it ends in the second, ns.</param>
public sealed record RunDivergence(int Piece, int Decision, RunDecision? A, RunDecision? B, long TimeNsA, long TimeNsB);
