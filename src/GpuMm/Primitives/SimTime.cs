using System;
using System.Globalization;

namespace GpuMm.Primitives;

/// <summary>A point or a span on a simulated clock, in whole nanoseconds. Never wall time.</summary>
/// <param name="Nanoseconds">0 to 2^63 - 1: 292 years.</param>
public readonly record struct SimTime(long Nanoseconds) : IComparable<SimTime>
{
    /// <summary>The start of every run.</summary>
    public static SimTime Zero => default;

    /// <summary>The span in milliseconds, for people.</summary>
    public double Milliseconds => Nanoseconds / 1e6;

    /// <summary>The later of two points.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    public static SimTime Max(SimTime a, SimTime b) => a.Nanoseconds >= b.Nanoseconds ? a : b;

    /// <inheritdoc/>
    public int CompareTo(SimTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds} ns");

    /// <summary>Sum.</summary>
    public static SimTime operator +(SimTime a, SimTime b) => new(a.Nanoseconds + b.Nanoseconds);

    /// <summary>Difference.</summary>
    public static SimTime operator -(SimTime a, SimTime b) => new(a.Nanoseconds - b.Nanoseconds);

    /// <summary>Order.</summary>
    public static bool operator <(SimTime a, SimTime b) => a.Nanoseconds < b.Nanoseconds;

    /// <summary>Order.</summary>
    public static bool operator >(SimTime a, SimTime b) => a.Nanoseconds > b.Nanoseconds;

    /// <summary>Order.</summary>
    public static bool operator <=(SimTime a, SimTime b) => a.Nanoseconds <= b.Nanoseconds;

    /// <summary>Order.</summary>
    public static bool operator >=(SimTime a, SimTime b) => a.Nanoseconds >= b.Nanoseconds;
}
