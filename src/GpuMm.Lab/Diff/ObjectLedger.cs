namespace GpuMm.Lab.Diff;

/// <summary>What was done to one object, or to all of them together.</summary>
/// <param name="MovedInBytes">Bytes moved into video memory.</param>
/// <param name="MovedOutBytes">Bytes moved out of it.</param>
/// <param name="Evictions">Times that it made room for another.</param>
/// <param name="Faults">CPU faults on it.</param>
public readonly record struct ObjectLedger(long MovedInBytes, long MovedOutBytes, long Evictions, long Faults)
{
    /// <summary>How much there is of it, to sort by: bytes first of all.</summary>
    public long Weight => System.Math.Abs(MovedInBytes) + System.Math.Abs(MovedOutBytes) + System.Math.Abs(Evictions) + System.Math.Abs(Faults);

    /// <summary>Adds.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">Another.</param>
    public static ObjectLedger operator +(ObjectLedger a, ObjectLedger b) =>
        new(a.MovedInBytes + b.MovedInBytes, a.MovedOutBytes + b.MovedOutBytes, a.Evictions + b.Evictions, a.Faults + b.Faults);

    /// <summary>Takes away.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">Another.</param>
    public static ObjectLedger operator -(ObjectLedger a, ObjectLedger b) =>
        new(a.MovedInBytes - b.MovedInBytes, a.MovedOutBytes - b.MovedOutBytes, a.Evictions - b.Evictions, a.Faults - b.Faults);

    /// <summary>Adds, for languages without operators.</summary>
    /// <param name="other">Another.</param>
    public ObjectLedger Add(ObjectLedger other) => this + other;

    /// <summary>Takes away, for languages without operators.</summary>
    /// <param name="other">Another.</param>
    public ObjectLedger Subtract(ObjectLedger other) => this - other;
}
