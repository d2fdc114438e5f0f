namespace GpuMm.Lab.Report;

/// <summary>How a line is drawn.</summary>
/// <param name="Class">Its class in the page's style: colour and dash.</param>
/// <param name="Marker">The outline of its points, around 0,0.</param>
internal sealed record PageLook(string Class, string Marker);
