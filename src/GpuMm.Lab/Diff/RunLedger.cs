using System;
using System.Collections.Generic;
using System.Globalization;
using GpuMm.Diagnostics;
using GpuMm.Lab.League;
using GpuMm.Traces.Model;
using GpuMm.Traces.Recording;

namespace GpuMm.Lab.Diff;

/// <summary>Everything that a manager decided in a run, in order, with marks where frames end.</summary>
/// <remarks>One thread. Memory: 56 bytes per decision, at most <see cref="MaxDecisions"/>.</remarks>
public sealed class RunLedger : IDeviceObserver
{
    /// <summary>Most decisions of a run.</summary>
    public const int MaxDecisions = 1 << 24;

    private const int UsesPerCut = 1000;

    private readonly List<RunDecision> _decisions = [];
    private readonly List<(int Decision, long TimeNs)>[] _cuts = [[], [], [], []];
    private readonly Dictionary<ulong, string> _names = [];
    private readonly Dictionary<string, int> _namesakes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ObjectLedger> _objects = new(StringComparer.Ordinal);
    private long _lastNs;
    private long _uses;

    /// <summary>The decisions in order.</summary>
    public IReadOnlyList<RunDecision> Decisions => _decisions;

    /// <summary>What was done to each object, by name.</summary>
    public IReadOnlyDictionary<string, ObjectLedger> Objects => _objects;

    /// <summary>What was done to all of them.</summary>
    public ObjectLedger Total { get; private set; }

    /// <summary>Ends of pieces: the number of decisions before, and the time.</summary>
    /// <param name="cut">The kind of pieces.</param>
    public IReadOnlyList<(int Decision, long TimeNs)> Ends(RunCut cut) => cut == RunCut.Whole ? [(_decisions.Count, _lastNs)] : _cuts[(int)cut];

    /// <inheritdoc/>
    public void OnEvent(in DeviceEvent occurred) => Add(DeviceEvents.ToTrace(occurred));

    /// <summary>Adds what a device did.</summary>
    /// <param name="e">An event; those that are no decision only name objects and tell the time.</param>
    /// <exception cref="LeagueException">There are too many decisions.</exception>
    public void Add(in TraceEvent e)
    {
        _lastNs = Math.Max(_lastNs, e.TimeNs);
        switch (e.Kind)
        {
            case TraceKind.Create:
                _names[e.ObjectId] = Unique(e.Name ?? Numbered(e.ObjectId));
                break;
            case TraceKind.Move or TraceKind.SwapOut or TraceKind.SwapIn or TraceKind.Purge:
                Decide(e, new ObjectLedger(
                    e.Kind == TraceKind.Move && e.To == MemoryDomain.Vram ? (long)e.SizeBytes : 0, e.Kind == TraceKind.Move && e.From == MemoryDomain.Vram ? (long)e.SizeBytes : 0, 0, 0));
                break;
            case TraceKind.Evict:
                Decide(e, new ObjectLedger(0, 0, 1, 0));
                break;
            case TraceKind.Fault:
                Decide(e, new ObjectLedger(0, 0, 0, 1));
                break;
        }
    }

    /// <summary>Tells where a frame, a job or a use of the workload ends.</summary>
    /// <param name="e">An event of the workload.</param>
    public void Mark(in TraceEvent e)
    {
        if (e.Kind is TraceKind.Frame or TraceKind.Submit)
        {
            _cuts[(int)(e.Kind == TraceKind.Frame ? RunCut.Frame : RunCut.Job)].Add((_decisions.Count, _lastNs));
        }
        else if (e.Kind == TraceKind.Use && ++_uses % UsesPerCut == 0)
        {
            _cuts[(int)RunCut.ThousandUses].Add((_decisions.Count, _lastNs));
        }
    }

    /// <summary>An object's name.</summary>
    /// <param name="objectId">Its number.</param>
    public string NameOf(ulong objectId) => _names.TryGetValue(objectId, out string? name) ? name : Numbered(objectId);

    private static string Numbered(ulong objectId) => string.Create(CultureInfo.InvariantCulture, $"object {objectId}");

    private void Decide(in TraceEvent e, ObjectLedger effect)
    {
        if (_decisions.Count == MaxDecisions)
        {
            throw new LeagueException($"The run has more than {MaxDecisions} moves, evictions and faults, the most that are compared; give a shorter trace.");
        }

        string name = NameOf(e.ObjectId);
        _decisions.Add(new RunDecision(e.Kind, name, e.RelatedId == 0 || e.Kind == TraceKind.Fault ? null : NameOf(e.RelatedId), e.From, e.To, e.SizeBytes));
        _objects[name] = _objects.GetValueOrDefault(name) + effect;
        Total += effect;
    }

    // Namesakes are told apart by their order, which is the same in both runs.
    private string Unique(string name)
    {
        int count = _namesakes.GetValueOrDefault(name) + 1;
        _namesakes[name] = count;
        return count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} ({count})");
    }
}
