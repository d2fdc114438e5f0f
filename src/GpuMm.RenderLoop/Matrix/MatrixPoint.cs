namespace GpuMm.RenderLoop.Matrix;

/// <summary>One line of a what-if: everything but the size of video memory.</summary>
/// <param name="Link">The link.</param>
/// <param name="BarBytes">How much of video memory the CPU sees, as <see cref="MatrixAxes.BarBytes"/> has it.</param>
/// <param name="Policy">Who is evicted.</param>
public sealed record MatrixPoint(LinkChoice Link, ulong? BarBytes, string Policy)
{
    /// <summary>The options of one run.</summary>
    /// <param name="options">What does not vary.</param>
    /// <param name="vramBytes">Video memory, bytes.</param>
    public DemoOptions Apply(DemoOptions options, ulong vramBytes)
    {
        System.ArgumentNullException.ThrowIfNull(options);
        return options with
        {
            VramBytes = vramBytes,
            Machine = Link.Apply(options.Machine),
            BarBytes = BarBytes,
            Policy = Policy,
        };
    }
}
