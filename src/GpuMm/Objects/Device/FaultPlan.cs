using System;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <summary>Which calls fail: the n-th of a point or of all, some by chance, or as a script says.</summary>
/// <remarks>
/// Give one to <see cref="GpuDevice.Faults"/>; without one a point costs a comparison with null. Lock: one of its own; the
/// script is called without it. Deterministic for one thread.
/// </remarks>
public sealed class FaultPlan
{
    /// <summary>Number of points.</summary>
    public const int PointCount = (int)FaultPoint.RestorePages + 1;

    private readonly object _gate = new();
    private readonly ulong[] _hits = new ulong[PointCount]; // Lock: _gate
    private readonly Func<FaultPoint, ulong, bool>? _script;
    private readonly FaultPoint? _only;
    private readonly ulong _nth;
    private readonly double _probability;
    private readonly Prng _prng; // Lock: _gate
    private ulong _total; // Lock: _gate

    private FaultPlan(
        FaultPoint? only = null, ulong nth = 0, double probability = 0, ulong seed = 0, Func<FaultPoint, ulong, bool>? script = null)
    {
        _only = only;
        _nth = nth;
        _probability = probability;
        _prng = new Prng(seed);
        _script = script;
    }

    /// <summary>Calls that reached any point.</summary>
    public ulong TotalHits
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    /// <summary>Calls that were made to fail.</summary>
    public ulong Injected { get; private set; }

    /// <summary>The point that failed last.</summary>
    public FaultPoint LastPoint { get; private set; }

    /// <summary>Nothing fails; calls are counted.</summary>
    public static FaultPlan CountOnly() => new();

    /// <summary>One call fails: the n-th of all points together, or of one.</summary>
    /// <param name="nth">1 is the first.</param>
    /// <param name="only">The point; null for all together.</param>
    public static FaultPlan Nth(ulong nth, FaultPoint? only = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(nth);
        return new FaultPlan(only, nth);
    }

    /// <summary>Calls fail by chance.</summary>
    /// <param name="probability">0 to 1.</param>
    /// <param name="seed">The same seed fails the same calls.</param>
    /// <param name="only">The point; null for all.</param>
    public static FaultPlan Chance(double probability, ulong seed, FaultPoint? only = null) =>
        probability is >= 0 and <= 1
            ? new FaultPlan(only, probability: probability, seed: seed)
            : throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies in [0, 1].");

    /// <summary>A script decides.</summary>
    /// <param name="script">Gets the point and which call of this point it is, from 1; true fails it.</param>
    public static FaultPlan Scripted(Func<FaultPoint, ulong, bool> script)
    {
        ArgumentNullException.ThrowIfNull(script);
        return new FaultPlan(script: script);
    }

    /// <summary>Calls that reached a point.</summary>
    /// <param name="point">The point.</param>
    public ulong Hits(FaultPoint point)
    {
        lock (_gate)
        {
            return _hits[(int)point];
        }
    }

    internal bool Fails(FaultPoint point) => Fails(point, out _);

    internal bool Fails(FaultPoint point, out ulong hit)
    {
        bool fails;
        lock (_gate)
        {
            hit = ++_hits[(int)point];
            _total++;
            bool isMeant = _only is null || _only == point;
            fails = isMeant && ((_nth != 0 && (_only is null ? _total : hit) == _nth) || (_probability > 0 && _prng.NextDouble() < _probability));
        }

        if (fails || (_script is not null && _script(point, hit)))
        {
            lock (_gate)
            {
                Injected++;
                LastPoint = point;
            }

            return true;
        }

        return false;
    }

}
