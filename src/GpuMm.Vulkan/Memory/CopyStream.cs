using System;
using System.Diagnostics;
using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Memory;

/// <summary>
/// Copies on the device's copy queue, in order, in batches: a batch is one submission and one value of the timeline. Timed
/// copies have a timestamp before and behind them, each for itself or several in a row together.
/// </summary>
/// <remarks>
/// Full memory barriers stand around every timestamp: without them some devices take the time of the command, not of the
/// copy. One thread. No managed allocation.
/// </remarks>
internal sealed unsafe class CopyStream : IDisposable
{
    /// <summary>Timed copies that are worth a submission of their own.</summary>
    public const int WorthCount = 64;

    /// <summary>Timed copies of one batch at most.</summary>
    public const int MaxTimed = 8 * WorthCount;

    private const int BatchCount = 8;
    private const int QueriesPerBatch = MaxTimed + 1; // One before the first copy, one behind each.

    // What is worth a submission goes while the device has no more than one other to do. Behind two it waits and grows:
    // they keep the device busy for longer than recording takes, and fewer submissions cost less.
    private const int BusyCount = 2;
    private const ulong WorthBytes = 64ul << 20;
    private const ulong MaxBytes = 256ul << 20;

    private readonly VulkanDevice _device;
    private readonly CommandPool _pool;
    private readonly QueryPool _queries;
    private readonly QueueTimeline _timeline;
    private readonly CommandBuffer[] _commands = new CommandBuffer[BatchCount];
    private readonly ulong[] _values = new ulong[BatchCount]; // What each batch signals; 0 when it was looked at.
    private readonly int[] _timedCounts = new int[BatchCount];
    private readonly int[] _queryCounts = new int[BatchCount]; // Timestamps written; the first stands before the first copy.
    private readonly ushort[] _ends = new ushort[BatchCount * MaxTimed]; // For each copy, the timestamp behind it.
    private readonly CopyTag[] _tags = new CopyTag[BatchCount * MaxTimed];
    private readonly ulong[] _ticks = new ulong[QueriesPerBatch];
    private readonly double _nsPerTick;
    private readonly ulong _tickMask;
    private ulong _batchBytes; // Of the timed copies of the open batch.
    private Store _left; // The target of the last copy, while nothing was recorded that leaves it; default for none.
    private ulong _sharedBytes; // Of its copies that no timestamp stands behind yet.
    private int _slot;
    private bool _isOpen;

    /// <summary>Makes a stream.</summary>
    /// <param name="device">The device; all streams share its copy queue.</param>
    /// <param name="isTimed">False: there are no timestamps, and no copy has a time.</param>
    public CopyStream(VulkanDevice device, bool isTimed = true)
    {
        _device = device;
        _nsPerTick = device.Info.TimestampPeriodNs;
        _tickMask = !isTimed ? 0 : device.TimestampBits >= 64 ? ulong.MaxValue : (1ul << device.TimestampBits) - 1;
        _timeline = new QueueTimeline(device, device.CopyQueue);
        _pool = device.CreateCommandPool(device.CopyFamily);
        device.AllocateCommands(_pool, _commands);
        QueryPoolCreateInfo info = new()
        {
            SType = StructureType.QueryPoolCreateInfo,
            QueryType = QueryType.Timestamp,
            QueryCount = BatchCount * QueriesPerBatch,
        };
        QueryPool queries;
        device.Check(device.Functions.CreateQueryPool(device.Handle, &info, null, &queries), "vkCreateQueryPool");
        device.Counts.Others++;
        _queries = queries;
    }

    /// <summary>Told how long each timed copy took; called when its batch is looked at, never inside a recording.</summary>
    public ICopyTimes? Times { get; set; }

    /// <summary>
    /// Several copies in a row share a timestamp before and one behind; what passed between is shared out by their sizes.
    /// On a device of software a timestamp costs more than a small copy. False: each copy has its own.
    /// </summary>
    public bool SharesTimestamps { get; set; }

    /// <summary>What the batch that is open, or opened next, signals.</summary>
    public ulong NextValue => _timeline.Submitted + 1;

    /// <summary>How far the timeline is, as far as we know.</summary>
    public ulong DoneValue => _timeline.Done;

    /// <summary>Submissions so far.</summary>
    public ulong SubmittedCount => _timeline.Submitted;

    /// <summary>The commands of the open batch; opens one.</summary>
    public CommandBuffer Commands()
    {
        if (!_isOpen)
        {
            Open();
        }

        Leave();
        return _commands[_slot];
    }

    // The other end of the last copy, when nothing else did it.
    private void Leave()
    {
        if (_left.Exists)
        {
            CopyRecorder.Leave(_device, _commands[_slot], default, _left);
            _left = default;
        }
    }

    /// <summary>Makes everything recorded so far happen before what comes.</summary>
    public void Barrier() => Barrier(_device, Commands());

    internal static void Barrier(VulkanDevice device, CommandBuffer commands)
    {
        MemoryBarrier barrier = new()
        {
            SType = StructureType.MemoryBarrier,
            SrcAccessMask = AccessFlags.MemoryWriteBit | AccessFlags.MemoryReadBit,
            DstAccessMask = AccessFlags.MemoryWriteBit | AccessFlags.MemoryReadBit,
        };
        device.Functions.CmdPipelineBarrier(
            commands, PipelineStageFlags.AllCommandsBit, PipelineStageFlags.AllCommandsBit, 0, 1, &barrier, 0, null, 0, null);
    }

    /// <summary>Opens a batch with room for one more timed copy, and makes its stores ready, as <see cref="CopyRecorder"/> does.</summary>
    /// <param name="from">What is read.</param>
    /// <param name="to">What is written; what it held is gone.</param>
    /// <returns>Its commands.</returns>
    public CommandBuffer EnterTimed(in Store from, in Store to)
    {
        FlushIfWorth();
        if (!_isOpen)
        {
            Open();
        }

        CommandBuffer commands = _commands[_slot];
        CopyRecorder.Enter(_device, commands, from, to, isFresh: true, _left);
        _left = default;
        return commands;
    }

    /// <summary>Starts the time of a copy, behind <see cref="EnterTimed"/>.</summary>
    /// <param name="tag">What it is.</param>
    public void BeginTimed(in CopyTag tag)
    {
        Debug.Assert(_isOpen && _timedCounts[_slot] < MaxTimed, "The batch is open and has room.");
        _tags[(_slot * MaxTimed) + _timedCounts[_slot]] = tag;
        _batchBytes += tag.SizeBytes;
        _sharedBytes += tag.SizeBytes;

        // Copies of a batch follow each other, so the end of one is the start of the next.
        if (_tickMask != 0 && _queryCounts[_slot] == 0)
        {
            WriteTimestamp();
            Barrier();
        }
    }

    /// <summary>
    /// Ends the time of a copy, and leaves its stores; where no timestamp follows, the barrier of the next copy does that too, so that
    /// a copy in a row takes one barrier instead of two.
    /// </summary>
    /// <param name="from">What was read, to be at rest again; <c>default</c> when it is about to go.</param>
    /// <param name="to">What was written.</param>
    public void EndTimed(in Store from, in Store to)
    {
        if (SharesTimestamps && !from.Exists)
        {
            _left = to;
        }
        else
        {
            CopyRecorder.Leave(_device, _commands[_slot], from, to);
        }

        int copy = _timedCounts[_slot]++;
        _ends[(_slot * MaxTimed) + copy] = (ushort)_queryCounts[_slot];
        if (!SharesTimestamps)
        {
            CloseTimed();
        }
    }

    // Behind the copies that have no timestamp behind them yet.
    private void CloseTimed()
    {
        if (_sharedBytes > 0 && _tickMask != 0)
        {
            WriteTimestamp();
        }

        _sharedBytes = 0;
    }

    private void WriteTimestamp() => _device.Functions.CmdWriteTimestamp(
        _commands[_slot], PipelineStageFlags.BottomOfPipeBit, _queries, (uint)(QueryOf(_slot) + _queryCounts[_slot]++));

    /// <summary>Submits the open batch, if there is one.</summary>
    /// <returns>The value that everything recorded so far has signalled by.</returns>
    public ulong Flush()
    {
        if (!_isOpen)
        {
            return _timeline.Submitted;
        }

        CommandBuffer commands = _commands[_slot];
        Leave();
        CloseTimed();
        _isOpen = false;
        _device.Check(_device.Functions.EndCommandBuffer(commands), "vkEndCommandBuffer");
        ulong value = _timeline.Submit(commands);
        _values[_slot] = value;
        _slot = (_slot + 1) % BatchCount;
        return value;
    }

    /// <summary>Submits the open batch if it is full, or worth it while the device has little to do.</summary>
    public void FlushIfWorth()
    {
        if (!_isOpen)
        {
            return;
        }

        // Whether the device is busy is asked at times only: asking costs a call.
        int count = _timedCounts[_slot];
        bool isWorth = _batchBytes >= WorthBytes || (count >= WorthCount && count % 16 == 0);
        if (count == MaxTimed || _batchBytes >= MaxBytes || (isWorth && !IsBusy))
        {
            Flush();
        }
    }

    /// <summary>True when the timeline reached a value.</summary>
    public bool IsDone(ulong value) => _timeline.IsDone(value);

    /// <summary>Submits if need be, and waits until the timeline reached a value.</summary>
    /// <param name="value">At most <see cref="NextValue"/>.</param>
    /// <exception cref="VulkanException">The device was lost, or did not finish in 60 s.</exception>
    public void Wait(ulong value)
    {
        Debug.Assert(value <= NextValue, "Only what was recorded is waited for.");
        if (value > _timeline.Submitted)
        {
            Flush();
        }

        _timeline.Wait(value);
        Harvest();
    }

    /// <summary>Waits for everything that was recorded.</summary>
    public void WaitAll() => Wait(_isOpen ? NextValue : _timeline.Submitted);

    /// <summary>Looks at the times of the batches that are done.</summary>
    public void Harvest()
    {
        // Oldest first: the slot that is used next is the oldest.
        for (int i = 0; i < BatchCount; i++)
        {
            int slot = (_slot + i) % BatchCount;
            if (_values[slot] != 0 && _values[slot] <= _timeline.Done)
            {
                Harvest(slot);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.WaitIdle();
        _device.Functions.DestroyQueryPool(_device.Handle, _queries, null);
        _device.Counts.Others--;
        _device.DestroyCommandPool(_pool);
        _timeline.Dispose();
    }

    private bool IsBusy => _timeline.Submitted >= BusyCount && !_timeline.IsDone(_timeline.Submitted - BusyCount + 1);

    private static int QueryOf(int slot) => slot * QueriesPerBatch;

    private void Open()
    {
        if (_values[_slot] != 0)
        {
            if (!IsDone(_values[_slot]))
            {
                Wait(_values[_slot]);
            }

            Harvest();
        }

        CommandBufferBeginInfo info = new()
        {
            SType = StructureType.CommandBufferBeginInfo,
            Flags = CommandBufferUsageFlags.OneTimeSubmitBit,
        };
        _device.Check(_device.Functions.BeginCommandBuffer(_commands[_slot], &info), "vkBeginCommandBuffer");
        _timedCounts[_slot] = 0;
        _queryCounts[_slot] = 0;
        _batchBytes = 0;
        _sharedBytes = 0;
        _isOpen = true;
        if (_tickMask == 0)
        {
            return;
        }

        if (_device.ResetsQueriesFromHost)
        {
            _device.Functions.ResetQueryPool(_device.Handle, _queries, (uint)QueryOf(_slot), QueriesPerBatch);
        }
        else
        {
            _device.Functions.CmdResetQueryPool(_commands[_slot], _queries, (uint)QueryOf(_slot), QueriesPerBatch);
        }
    }

    private void Harvest(int slot)
    {
        int count = _timedCounts[slot];
        _values[slot] = 0;
        if (count == 0 || _tickMask == 0 || Times is not { } times)
        {
            return;
        }

        uint queries = (uint)_queryCounts[slot];
        fixed (ulong* ticks = _ticks)
        {
            _device.Check(
                _device.Functions.GetQueryPoolResults(
                    _device.Handle,
                    _queries,
                    (uint)QueryOf(slot),
                    queries,
                    queries * sizeof(ulong),
                    ticks,
                    sizeof(ulong),
                    QueryResultFlags.Result64Bit | QueryResultFlags.ResultWaitBit),
                "vkGetQueryPoolResults");
        }

        for (int i = 0; i < count;)
        {
            i = TellTimes(times, slot, i);
        }
    }

    // The copies between two timestamps share what passed between them, each as much as it is of their bytes.
    private int TellTimes(ICopyTimes times, int slot, int first)
    {
        int end = _ends[(slot * MaxTimed) + first];
        int next = first;
        ulong sum = 0;
        for (; next < _timedCounts[slot] && _ends[(slot * MaxTimed) + next] == end; next++)
        {
            sum += _tags[(slot * MaxTimed) + next].SizeBytes;
        }

        // Invariant: a batch of n timestamps has n - 1 spaces between them; a copy names the later of its two.
        Debug.Assert(end > 0 && end < QueriesPerBatch, "The timestamp lies in the batch, and one before it.");
        ulong passed = unchecked(_ticks[end] - _ticks[end - 1]) & _tickMask;
        double passedNs = passed * _nsPerTick;
        for (int i = first; i < next; i++)
        {
            CopyTag tag = _tags[(slot * MaxTimed) + i];
            times.OnCopied(tag, (long)(passedNs * ((double)tag.SizeBytes / sum)));
        }

        return next;
    }
}
