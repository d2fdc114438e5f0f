using System;

namespace GpuMm.Lab.League;

/// <summary>One pass over a trace, batch by batch; the arrays are made once.</summary>
internal sealed class ReplayPass
{
    /// <summary>Requests per batch: records and numbers of a batch stay in the second-level cache.</summary>
    public const int BatchSize = 4096; // * (24 + 8) bytes = 128 KiB

    private readonly OracleTrace _trace;
    private readonly bool _countsObjects;
    private readonly OracleRecord[] _records = new OracleRecord[BatchSize];
    private readonly ReplayRequest[] _requests = new ReplayRequest[BatchSize];
    private long _position;

    public ReplayPass(OracleTrace trace, bool countsObjects)
    {
        _trace = trace;
        _countsObjects = countsObjects;
    }

    public ObjectTable Table { get; } = new();

    /// <summary>Reads and numbers the next batch.</summary>
    /// <param name="batch">Valid until the next call.</param>
    /// <returns>False at the end.</returns>
    public bool TryNext(out ReplayBatch batch)
    {
        int count = _trace.Read(_position, _records);
        ReadOnlySpan<OracleRecord> records = _records.AsSpan(0, count);
        Table.Map(records, _requests, _countsObjects);
        batch = new ReplayBatch
        {
            FirstNumber = _position + 1,
            SlotCount = Table.Count,
            Requests = _requests.AsSpan(0, count),
            Records = records,
        };
        _position += count;
        return count > 0;
    }
}
