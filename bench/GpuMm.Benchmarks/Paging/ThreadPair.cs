using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;

namespace GpuMm.Benchmarks.Paging;

/// <summary>Two threads that start the same work at the same moment, each on a processor of its own where the system lets them.</summary>
/// <remarks>
/// Without that two new threads often begin on one processor and take turns there, and a short round ends before the scheduler
/// parts them: it then says nothing about the code.
/// </remarks>
internal sealed class ThreadPair : IDisposable
{
    private const int ThreadCount = 2;
    private const int PatientSpins = 10_000;

    private readonly Thread[] _threads = new Thread[ThreadCount];
    private readonly SemaphoreSlim[] _starts = [new(0), new(0)];
    private readonly SemaphoreSlim _done = new(0);
    private readonly long[] _begins = new long[ThreadCount];
    private readonly long[] _ends = new long[ThreadCount];
    private Action<int>? _work; // Null ends the threads
    private int _waiting;

    public ThreadPair()
    {
        for (int i = 0; i < ThreadCount; i++)
        {
            int index = i;
            _threads[i] = new Thread(() => Loop(index)) { IsBackground = true };
            _threads[i].Start();
        }
    }

    /// <summary>One round.</summary>
    /// <param name="work">What thread 0 or 1 does.</param>
    /// <param name="threads">1 or 2.</param>
    /// <returns>Seconds from the first start to the last end.</returns>
    public double Run(Action<int> work, int threads)
    {
        _work = work;
        Volatile.Write(ref _waiting, threads);
        for (int i = 0; i < threads; i++)
        {
            _starts[i].Release();
        }

        long first = long.MaxValue;
        long last = 0;
        for (int i = 0; i < threads; i++)
        {
            _done.Wait();
        }

        for (int i = 0; i < threads; i++)
        {
            first = Math.Min(first, _begins[i]);
            last = Math.Max(last, _ends[i]);
        }

        return Stopwatch.GetElapsedTime(first, last).TotalSeconds;
    }

    public void Dispose()
    {
        _work = null;
        for (int i = 0; i < ThreadCount; i++)
        {
            _starts[i].Release();
            _threads[i].Join();
            _starts[i].Dispose();
        }

        _done.Dispose();
    }

    private void Loop(int index)
    {
        KeepTo(index);
        while (true)
        {
            _starts[index].Wait();
            if (_work is not { } work)
            {
                return;
            }

            Interlocked.Decrement(ref _waiting);
            for (int i = 0; Volatile.Read(ref _waiting) != 0; i++)
            {
                Thread.SpinWait(1);
                if (i >= PatientSpins)
                {
                    Thread.Yield(); // With real-time priority others of the same priority get no turn before.
                }
            }

            _begins[index] = Stopwatch.GetTimestamp();
            work(index);
            _ends[index] = Stopwatch.GetTimestamp();
            _done.Release();
        }
    }

    private static void KeepTo(int processor)
    {
        if (OperatingSystem.IsLinux() && Environment.ProcessorCount >= ThreadCount)
        {
            ulong mask = 1ul << processor;
            _ = SetAffinity(0, sizeof(ulong), ref mask); // When it is refused the threads run where they run.
        }
    }

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAffinity(int thread, nuint sizeBytes, ref ulong mask);
}
