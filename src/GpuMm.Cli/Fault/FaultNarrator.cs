using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Simulation;

namespace GpuMm.Cli.Fault;

/// <summary>Writes down what happens inside one access, with the simulated time of each step.</summary>
internal sealed class FaultNarrator(VirtualClock clock) : IFaultTrace
{
    private readonly List<FaultStoryStep> _steps = [];

    public IReadOnlyList<FaultStoryStep> Steps => _steps;

    public int Attempts { get; private set; }

    public int PagesInserted { get; private set; }

    /// <summary>Set when the handler has dropped the address-space lock: whoever it waits for may finish.</summary>
    public ManualResetEventSlim Dropped { get; } = new();

    public void OnStep(FaultStep taken, ulong value)
    {
        Attempts += taken == FaultStep.Missed ? 1 : 0;
        PagesInserted += taken == FaultStep.Inserted ? (int)value : 0;
        Say(taken.ToString(), Tell(taken, value));
        if (taken == FaultStep.SpaceLockDropped)
        {
            Dropped.Set();
        }
    }

    public void Say(string step, string text) => _steps.Add(new FaultStoryStep(clock.Now.Nanoseconds, step, text));

    private string Tell(FaultStep step, ulong value) => step switch
    {
        FaultStep.Missed => Attempts == 1
            ? Text($"The page table has no usable entry for 0x{value:x}: a fault. The address-space lock is taken, shared.")
            : Text($"The access is tried again from the start: the lock is taken anew, everything is looked up again."),
        FaultStep.AreaFound => Text($"The area that starts at 0x{value:x} covers the address and allows the access; its handler is called."),
        FaultStep.AreaMissing => "No area covers the address, or it does not allow this access.",
        FaultStep.LockTaken => "The handler gets the object's reservation at the first try.",
        FaultStep.LockBusy => "Somebody else holds the object's reservation. Sleeping here with the outer lock held could dead-lock.",
        FaultStep.SpaceLockDropped => "The handler drops the address-space lock before it waits; it will have to answer Retry.",
        FaultStep.LockWaited => "The reservation was given back. The handler lets go of it again: what it knew may be outdated.",
        FaultStep.MadeVisible => Text($"The object was out of the processor's reach; its {ByteSize.Format(value)} were moved to where it can be mapped."),
        FaultStep.FenceWaited => Text($"The copy that still filled the object is done (fence {value})."),
        FaultStep.Inserted => value == 1
            ? "One page is shown by a new entry, put in under the reservation."
            : Text($"{value} pages are shown by what is put in, under the reservation, so that no move can be in between."),
        FaultStep.Answered => Text($"The handler answers {(VmFaultResult)value} (0x{value:x})."),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "There is no such step."),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
