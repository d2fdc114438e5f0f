using System.Collections.Generic;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;

namespace GpuMm.LabTests.Replay;

/// <content>Submissions, over several queues.</content>
internal sealed partial class RandomProgram
{
    private const int MaxQueues = 6;

    private void Submit()
    {
        List<TextureUse> uses = [];
        foreach (BufferObject each in _objects)
        {
            if (Roll(4) == 0)
            {
                uses.Add(new TextureUse(each, each.SizeBytes / 2));
            }
        }

        if (_queues.Count < MaxQueues && Roll(6) == 0)
        {
            _queues.Add(OpenQueue());
        }

        SubmissionQueue queue = Any(_queues)!;
        if (Roll(6) == 0)
        {
            queue.NotBefore = new SimTime(_driver.Clock.Now.Nanoseconds + (long)Roll(3_000_000));
        }

        queue.Submit(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(uses), (long)Roll(3_000_000), out Fence fence);
        if (Roll(3) == 0 && fence.Context is not null)
        {
            _driver.WaitFence(fence);
        }
    }

    // On the usual ring, or one of its own with what clients may ask for: a budget or a throttle that is soon empty among it.
    private SubmissionQueue OpenQueue()
    {
        Placement preferred = DrawPlacement(mayBeEmpty: false);
        Placement allowed = DrawPlacement(mayBeEmpty: false);
        if (Roll(3) == 0)
        {
            return new SubmissionQueue(_driver) { Preferred = preferred, Allowed = allowed };
        }

        ulong limit = Roll(3);
        return new SubmissionQueue(_driver, new SubmissionOptions
        {
            Name = $"queue {_queues.Count}",
            ClientId = (int)Roll(9),
            Priority = (JobPriority)Roll((ulong)JobPriority.Kernel + 1),
            Preferred = Roll(2) == 0 ? Placement.Vram : preferred,
            Allowed = Roll(2) == 0 ? Placement.VramThenGtt : allowed,
            Budget = limit == 1 ? _budget : null,
            Throttle = limit == 2 ? _throttle : null,
            OnDemand = Roll(4) == 0,
            MaxPendingJobs = 1 + (int)Roll(6),
        });
    }
}
