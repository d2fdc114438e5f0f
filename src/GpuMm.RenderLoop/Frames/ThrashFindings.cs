namespace GpuMm.RenderLoop.Frames;

/// <summary>Whether objects went back and forth.</summary>
/// <param name="IsThrashing">At least one second of the run did little else than bring back what had just left.</param>
/// <param name="Windows">Seconds (60 frames) of the run that did.</param>
/// <param name="PingPongs">Times that an object came back into video memory within 60 frames of leaving it.</param>
/// <param name="PingPongBytes">Bytes of those.</param>
public sealed record ThrashFindings(bool IsThrashing, int Windows, long PingPongs, ulong PingPongBytes);
