using System;
using System.Collections.Generic;
using System.Threading;
using GpuMm.Lab.Sweep;

namespace GpuMm.Cli.Sweep;

/// <summary>One thing that can be swept: a demo workload, a trace by residency, a trace in full.</summary>
internal interface ISweepSubject : IDisposable
{
    /// <summary>What it is, for messages: "the demo", "residency replay".</summary>
    string Kind { get; }

    /// <summary>The axes that mean something to it, besides "trace".</summary>
    IReadOnlyList<string> Axes { get; }

    /// <summary>What an axis is when nobody gives it; null when it is then no axis.</summary>
    string? Default(string axis);

    /// <summary>The values that one word stands for, such as "auto" or "all"; the word itself for most.</summary>
    IReadOnlyList<string> Expand(string axis, string value);

    /// <summary>The hash of what the trace's name stands for; null when the name says it all.</summary>
    string? ContentHash();

    /// <summary>Checks one value, before anything runs.</summary>
    /// <returns>Null, or what is wrong and how to put it right.</returns>
    string? Problem(string axis, string value);

    /// <summary>Sizes of video memory between which a knee is looked for when nobody says.</summary>
    /// <exception cref="SweepRunException">The trace cannot be read.</exception>
    (ulong LeastBytes, ulong MostBytes) KneeRange();

    /// <summary>Does one run.</summary>
    /// <exception cref="SweepRunException">It cannot be done.</exception>
    IReadOnlyDictionary<string, double> Run(SweepPoint point, CancellationToken cancellationToken);
}
