using System.Collections.Generic;
using System.Linq;
using GpuMm.Simulation;
using Xunit;

namespace GpuMm.SimulationTests.Machines;

/// <summary>Keeps every span, and checks what must hold of any of them.</summary>
internal sealed class SpanLog : IMachineObserver
{
    public List<MachineSpan> Spans { get; } = [];

    public void OnSpan(in MachineSpan span) => Spans.Add(span);

    public IEnumerable<MachineSpan> Of(int track) => Spans.Where(span => span.Track == track);

    /// <summary>No part does two things at once; nothing starts before it is asked for, or before what it waits for.</summary>
    public void AssertPossible(Machine machine)
    {
        for (int track = 0; track < machine.TrackNames.Count; track++)
        {
            long free = 0;
            foreach (MachineSpan span in Of(track).OrderBy(static s => s.StartNs).ThenBy(static s => s.EndNs))
            {
                Assert.True(span.StartNs >= free, $"{machine.TrackNames[track]} starts at {span.StartNs} and is busy until {free}.");
                Assert.True(span.SubmittedNs <= span.ReadyNs && span.ReadyNs <= span.StartNs, $"{span} starts too early.");
                Assert.True(span.StartNs + span.AloneNs <= span.EndNs, $"{span} is faster than alone.");
                free = span.EndNs;
            }
        }
    }
}
