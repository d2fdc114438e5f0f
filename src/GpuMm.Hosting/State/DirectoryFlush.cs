using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace GpuMm.Hosting.State;

/// <summary>Makes the names in a directory durable: a file that is on the disk is lost all the same when its name is not.</summary>
/// <remarks>POSIX: fsync of the directory. On Windows there is none, and NTFS writes names to its log by itself.</remarks>
internal sealed class DirectoryFlush(string directory)
{
    private long _count;

    /// <summary>Flushes so far.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Flushes the directory's names.</summary>
    /// <exception cref="IOException">It cannot be opened or flushed.</exception>
    public void Run()
    {
        Of(directory);
        Interlocked.Increment(ref _count);
    }

    /// <summary>Flushes the names of any directory.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="IOException">It cannot be opened or flushed.</exception>
    public static void Of(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // The class library refuses to open directories; what it does with an open one is fsync.
        int descriptor = Open(path, 0);
        if (descriptor < 0)
        {
            throw new IOException($"{path}: the directory cannot be opened to flush it ({Marshal.GetLastPInvokeErrorMessage()}).");
        }

        using SafeFileHandle handle = new(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
