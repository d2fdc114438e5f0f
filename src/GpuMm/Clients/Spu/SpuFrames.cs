using GpuMm.Backing;

namespace GpuMm.Clients.Spu;

/// <summary>Where the parts of a context are in physical memory. Each starts at a multiple of 64 KiB.</summary>
/// <param name="LocalStore">The processor's local store: 64 frames.</param>
/// <param name="SavedCopy">Its copy in system memory: 64 frames.</param>
/// <param name="ProblemState">The processor's registers that programs may use: 16 frames.</param>
public readonly record struct SpuFrames(FrameIndex LocalStore, FrameIndex SavedCopy, FrameIndex ProblemState);
