namespace GpuMm.Dashboard.Api;

/// <summary>Names as JSON writes them.</summary>
internal static class Words
{
    public static string Camel(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];
}
