using System.Runtime.InteropServices;

namespace GpuMm.Benchmarks.Mirror;

/// <summary>Time that this thread had a processor: what others do on the machine is not in it.</summary>
internal static partial class ThreadTime
{
    private const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID

    public static long Nanoseconds()
    {
        _ = GetTime(ThreadClock, out Timespec time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
