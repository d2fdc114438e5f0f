using System;
using System.IO;
using System.Linq;
using System.Text;

namespace GpuMm.TraceTests;

/// <summary>The recordings beside the tests.</summary>
internal static class Samples
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Data", name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    public static byte[] Lines(string name, int count) =>
        Encoding.UTF8.GetBytes(string.Concat(File.ReadLines(PathOf(name)).Take(count).Select(static line => line + "\n")));
}
