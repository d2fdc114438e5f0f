using System;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>A compact replay has met what it does not know: the trace is for the device.</summary>
/// <param name="what">What.</param>
internal sealed class CompactLimitException(string what) : Exception(what);
