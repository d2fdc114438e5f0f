namespace GpuMm.RenderLoop.Pictures;

/// <summary>A colour.</summary>
/// <param name="Red">0 to 255.</param>
/// <param name="Green">0 to 255.</param>
/// <param name="Blue">0 to 255.</param>
public readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    /// <summary>The colour at some brightness.</summary>
    /// <param name="share256">0 (black) to 256 (as it is).</param>
    public Rgb Dimmed(int share256) => new((byte)((Red * share256) >> 8), (byte)((Green * share256) >> 8), (byte)((Blue * share256) >> 8));
}
