using System;
using System.IO;

namespace GpuMm.HostingTests;

/// <summary>A folder that goes with the test.</summary>
internal sealed class Folder : IDisposable
{
    private const string Memory = "/dev/shm";

    /// <summary>A new folder.</summary>
    /// <param name="isInMemory">
    /// Where flushing takes no time, if there is such a place: for a test that opens a state thousands of times to see what it says.
    /// That what is flushed stays is not what such a test could tell.
    /// </param>
    public Folder(bool isInMemory = false)
    {
        Path = isInMemory && Directory.Exists(Memory)
            ? Directory.CreateDirectory(System.IO.Path.Combine(Memory, $"gpumm{Guid.NewGuid():N}")).FullName
            : Directory.CreateTempSubdirectory("gpumm").FullName;
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
