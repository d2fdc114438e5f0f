using System.Runtime.InteropServices;

namespace GpuMm.Benchmarks.Mirror;

/// <summary>Time that a processor was had: what others do on the machine is not in it.</summary>
internal static partial class CpuTime
{
    private const int ProcessClock = 2; // CLOCK_PROCESS_CPUTIME_ID
    private const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID

    /// <summary>Of this thread, ns.</summary>
    public static long OfThread() => Read(ThreadClock);

    /// <summary>Of all threads of this process, ns.</summary>
    public static long OfProcess() => Read(ProcessClock);

    private static long Read(int clock)
    {
        _ = GetTime(clock, out Timespec time);
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
