namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>Starts a workload.</summary>
/// <param name="Name">"demo": a compositor, a game and a browser; "crowd": as many objects of a page as the size holds; or the name of a recording, which has its own pace and size.</param>
/// <param name="FramesPerSecond">How fast it draws; 1 to 1000.</param>
/// <param name="Oversubscription">How much it uses, as a multiple of video memory; 0.1 to 4.</param>
/// <param name="Seed">Decides what it does.</param>
/// <param name="Group">The group that its clients are in; null for none.</param>
public sealed record WorkloadRequest(string Name, double FramesPerSecond = 60, double Oversubscription = 1.3, ulong Seed = 1, string? Group = null);
