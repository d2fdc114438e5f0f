namespace GpuMm.Traces;

/// <summary>One file format.</summary>
/// <param name="Name">As <c>--from</c> and <c>--to</c> take it.</param>
/// <param name="Title">One line for people.</param>
/// <param name="Extension">Usual end of a file's name, with its dot.</param>
/// <param name="CanRead">Whether it can be imported.</param>
/// <param name="CanWrite">Whether it can be exported.</param>
public sealed record TraceFormat(string Name, string Title, string Extension, bool CanRead, bool CanWrite);
