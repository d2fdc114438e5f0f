using System;
using GpuMm.Eviction;

namespace GpuMm.Lab.League;

/// <summary>The first pass over a trace: how many objects, how large, and whether its next uses are true.</summary>
internal sealed class TraceScan
{
    private TraceScan(int objects, ulong workingSet, bool isOneSize, string? futureProblem)
    {
        Objects = objects;
        WorkingSet = workingSet;
        IsOneSize = isOneSize;
        FutureProblem = futureProblem;
    }

    public int Objects { get; }

    public ulong WorkingSet { get; }

    public bool IsOneSize { get; }

    /// <summary>Null when every record names the next use of its object; else one sentence about the first that does not.</summary>
    public string? FutureProblem { get; }

    public static TraceScan Of(OracleTrace trace, bool countsObjects)
    {
        ReplayPass pass = new(trace, countsObjects);
        PolicyNodes<long> expected = default; // by slot: number of the next use, 0 before the first
        uint onlySize = 0;
        bool isOneSize = true;
        string? problem = null;
        while (pass.TryNext(out ReplayBatch batch))
        {
            expected.Reserve(batch.SlotCount);
            for (int i = 0; i < batch.Requests.Length; i++)
            {
                ReplayRequest request = batch.Requests[i];
                if (request.Slot < 0)
                {
                    continue;
                }

                onlySize = onlySize == 0 ? request.Size : onlySize;
                isOneSize &= request.Size == onlySize;
                problem ??= Check(ref expected[request.Slot], batch.FirstNumber + i, batch.Records[i], trace);
            }
        }

        for (int slot = 0; problem is null && slot < pass.Table.Count; slot++)
        {
            if (expected[slot] > 0 && !IsPassedOver(trace, expected[slot]))
            {
                problem = $"record {expected[slot]} is said to be the next use of an object that does not come again";
            }
        }

        return new TraceScan(pass.Table.Count, pass.Table.TotalBytes, isOneSize, problem);
    }

    private static string? Check(ref long expected, long number, in OracleRecord record, OracleTrace trace)
    {
        long said = expected;
        expected = record.IsLast ? -1 : record.Next;
        if (!record.IsLast && (record.Next <= number || record.Next > trace.RecordCount))
        {
            return $"record {number} says that its object is next used at {record.Next}, which is no later record";
        }

        return said == 0 || said == number || (said > 0 && said < number && IsPassedOver(trace, said))
            ? null
            : $"record {number} uses object {record.Id} again, but the record of its last use says {(said < 0 ? "never" : said)}";
    }

    private static bool IsPassedOver(OracleTrace trace, long number)
    {
        Span<OracleRecord> one = stackalloc OracleRecord[1];
        return trace.Read(number - 1, one) == 1 && one[0].ObjectBytes == 0;
    }
}
