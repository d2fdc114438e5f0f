namespace GpuMm.Objects;

/// <summary>One step of a change of GPU addresses.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Mapping">What to make, or what to take away.</param>
/// <param name="Previous">Of a remap: what is left before; null for nothing.</param>
/// <param name="Next">Of a remap: what is left behind; null for nothing.</param>
/// <param name="KeepsPages">
/// True when the same bytes stay behind the addresses that are taken away and made again, so that the page tables need not be touched.
/// </param>
public readonly record struct GpuVmStep(
    GpuVmStepKind Kind, GpuVmMapping Mapping, GpuVmMapping? Previous = null, GpuVmMapping? Next = null, bool KeepsPages = false)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string rest = (Previous, Next) switch
        {
            ({ } before, { } behind) => $", leaves {before} and {behind}",
            ({ } before, null) => $", leaves {before}",
            (null, { } behind) => $", leaves {behind}",
            _ => "",
        };
        return $"{Kind} {Mapping}{rest}{(KeepsPages ? ", entries stay" : "")}";
    }
}
