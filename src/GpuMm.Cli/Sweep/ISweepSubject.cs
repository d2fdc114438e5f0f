using System.Collections.Generic;
using System.Threading;
using GpuMm.Lab.Sweep;

namespace GpuMm.Cli.Sweep;

/// <summary>One kind of thing that can be swept: a demo workload, a trace by residency, a trace in full.</summary>
internal interface ISweepSubject
{
    /// <summary>What it is, for messages: "the demo", "residency replay".</summary>
    string Kind { get; }

    /// <summary>The axes that mean something to it, besides "trace".</summary>
    IReadOnlyList<string> Axes { get; }

    /// <summary>Whether the axis must be given.</summary>
    bool Needs(string axis);

    /// <summary>The hash of what the trace's name stands for; null when the name says it all.</summary>
    string? ContentHash(string trace);

    /// <summary>Checks one value, before anything runs.</summary>
    /// <returns>Null, or what is wrong and how to put it right.</returns>
    string? Problem(string axis, string value);

    /// <summary>Does one run.</summary>
    /// <exception cref="SweepRunException">It cannot be done.</exception>
    IReadOnlyDictionary<string, double> Run(SweepPoint point, CancellationToken cancellationToken);
}
