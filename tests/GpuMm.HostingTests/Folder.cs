using System;
using System.IO;

namespace GpuMm.HostingTests;

/// <summary>A folder that goes with the test.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gpumm").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
