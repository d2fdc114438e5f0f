using System;
using System.Collections.Generic;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>
/// Every sequence of four operations on a range of 8 units: every size, window and mode, every exact place, every
/// removal. Sequences that lead to the same state (places and ages of holes) are continued once.
/// </summary>
public sealed class RangeAllocatorExhaustiveTests(ITestOutputHelper output)
{
    private const int Depth = 4;

    private static readonly Operation[] s_operations = [.. AllOperations()];

    private int _steps;

    [Fact]
    public void EverySequenceOfFourOperationsOnEightUnitsDoesWhatTrialOfEveryPositionSays()
    {
        Dictionary<string, Operation[]> frontier = new(StringComparer.Ordinal) { [new TinyRange().Key] = [] };
        HashSet<string> seen = new(frontier.Keys, StringComparer.Ordinal);
        for (int depth = 0; depth < Depth; depth++)
        {
            Dictionary<string, Operation[]> next = new(StringComparer.Ordinal);
            foreach (Operation[] path in frontier.Values)
            {
                Expand(path, next, seen);
            }

            output.WriteLine($"after {depth} operations {frontier.Count} states, {_steps} steps in all");
            frontier = next;
        }

        Assert.True(_steps > 100_000, "The universe is as large as it should be.");
    }

    private static IEnumerable<Operation> AllOperations()
    {
        for (int size = 1; size <= TinyRange.Units; size++)
        {
            for (int low = 0; low < TinyRange.Units; low++)
            {
                yield return new Operation(null, low, 0, size);
                yield return new Operation(null, low, -1, 0);
                for (int high = low + 1; high <= TinyRange.Units; high++)
                {
                    yield return new Operation(RangeMode.Best, low, high, size);
                    yield return new Operation(RangeMode.Low, low, high, size);
                    yield return new Operation(RangeMode.High, low, high, size);
                    yield return new Operation(RangeMode.Evict, low, high, size);
                }
            }
        }
    }

    /// <summary>Tries every operation in one state. Operations that fail share an allocator: they must not change it.</summary>
    private void Expand(Operation[] path, Dictionary<string, Operation[]> next, HashSet<string> seen)
    {
        (TinyRange expected, RangeAllocator actual, RangeHandle[] handles) = Replay(path);
        foreach (Operation operation in s_operations)
        {
            TinyRange after = expected.Clone();
            MmStatus status = after.Apply(operation, out int place);
            if (status == MmStatus.Busy)
            {
                continue;
            }

            _steps++;
            Assert.Equal(status, Apply(actual, handles, operation));
            if (status != MmStatus.Ok)
            {
                continue;
            }

            if (operation.High >= 0)
            {
                Assert.Equal((ulong)place, actual.GetRange(handles[place]).StartBytes);
            }

            AssertSame(after, actual);
            if (seen.Add(after.Key))
            {
                next.Add(after.Key, [.. path, operation]);
            }

            (expected, actual, handles) = Replay(path);
        }

        AssertSame(expected, actual);
    }

    private static (TinyRange Expected, RangeAllocator Actual, RangeHandle[] Handles) Replay(Operation[] path)
    {
        TinyRange expected = new();
        RangeAllocator actual = new(0, TinyRange.Units);
        RangeHandle[] handles = new RangeHandle[TinyRange.Units];
        foreach (Operation operation in path)
        {
            expected.Apply(operation, out _);
            Apply(actual, handles, operation);
        }

        return (expected, actual, handles);
    }

    private static MmStatus Apply(RangeAllocator actual, RangeHandle[] handles, Operation operation)
    {
        RangeHandle handle;
        MmStatus status;
        if (operation.High < 0)
        {
            actual.Remove(handles[operation.Low]);
            return MmStatus.Ok;
        }

        if (operation.Mode is RangeMode mode)
        {
            RangeRequest request = new(
                (ulong)operation.Size, 0, 0, (ulong)operation.Low, (ulong)operation.High, mode);
            status = actual.TryInsert(in request, out handle);
        }
        else
        {
            status = actual.TryInsertAt(new ByteRange((ulong)operation.Low, (ulong)operation.Size), 0, out handle);
        }

        if (status == MmStatus.Ok)
        {
            handles[actual.GetRange(handle).StartBytes] = handle;
        }

        return status;
    }

    private static void AssertSame(TinyRange expected, RangeAllocator actual)
    {
        Assert.Null(actual.Validate());
        int[] starts = new int[TinyRange.Units];
        foreach (RangeNode node in actual.Nodes())
        {
            starts[node.Range.StartBytes] = (int)node.Range.SizeBytes;
        }

        Assert.Equal(expected.Sizes, starts);
    }

    /// <summary>
    /// One operation. With a mode: insert by window; without: insert at <paramref name="Low"/>; with a
    /// <paramref name="High"/> below 0: remove the node at <paramref name="Low"/>.
    /// </summary>
    internal readonly record struct Operation(RangeMode? Mode, int Low, int High, int Size);
}
