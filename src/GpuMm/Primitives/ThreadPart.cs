using System;

namespace GpuMm.Primitives;

/// <summary>Which of a few like parts of a structure the current thread uses, so that threads seldom meet.</summary>
internal static class ThreadPart
{
    /// <summary>Number of parts.</summary>
    public const int Count = 8;

    /// <summary>
    /// The part of the current thread. Threads made one after the other get parts that are not neighbours: those may share a line.
    /// </summary>
    public static int Own => (int)(unchecked((uint)Environment.CurrentManagedThreadId * 3) % Count);
}
