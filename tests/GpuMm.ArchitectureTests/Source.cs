using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.TestKit;

namespace GpuMm.ArchitectureTests;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Source
{
    public static string Root => Repository.Root;

    public static IEnumerable<string> CodeFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Where(IsOurs);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    public static bool IsOurs(string path)
    {
        string relative = "/" + Relative(path);
        return !relative.Contains("/obj/", StringComparison.Ordinal) && !relative.Contains("/bin/", StringComparison.Ordinal);
    }
}
