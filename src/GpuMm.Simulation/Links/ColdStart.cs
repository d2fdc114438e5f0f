namespace GpuMm.Simulation;

/// <summary>What a transfer takes longer because of the one before it, which left others' bytes in caches and translation tables.</summary>
/// <param name="MostNs">Behind a transfer of <paramref name="FullBytes"/> or more, ns; 0: nothing.</param>
/// <param name="FullBytes">From this size on the one before costs all of it, bytes; behind a smaller one it is in proportion.</param>
/// <remarks>Seen on devices of software, whose copies go through the processor's caches; `gpumm calibrate` measures it. Hardware has about none.</remarks>
public readonly record struct ColdStart(long MostNs, ulong FullBytes)
{
    /// <summary>What a transfer takes longer behind another, ns.</summary>
    /// <param name="bytesBefore">The size of the one before it, bytes; 0 when there was none.</param>
    public long NsBehind(ulong bytesBefore) =>
        MostNs == 0 ? 0 : bytesBefore >= FullBytes ? MostNs : (long)(MostNs * ((double)bytesBefore / FullBytes));
}
