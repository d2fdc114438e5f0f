using System;
using System.Threading;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay.Compact;

/// <content>Reading requests, and the jobs that they make.</content>
internal sealed partial class CompactReplay<TPolicy>
    where TPolicy : struct, ICompactRanking
{
    private const int BatchCount = 128;

    private protected override FullReplayResult RunAll(ITraceReader reader, Action<double>? progress, CancellationToken cancellationToken)
    {
        TraceUse[] uses = new TraceUse[BatchCount];
        TraceEvent[]? events = reader is IUseReader ? null : new TraceEvent[BatchCount];
        Span<int> numbers = stackalloc int[BatchCount];
        long nextReport = 1 << 16;
        for (int count; (count = events is null ? ((IUseReader)reader).ReadUses(uses) : Read(reader, events, uses)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Fetch(uses.AsSpan(0, count), numbers);
            _tally.Events += count;
            for (int i = 0; i < count; i++)
            {
                if (events is null)
                {
                    Use(in uses[i], numbers[i]);
                }
                else
                {
                    Apply(in events[i], in uses[i], numbers[i]);
                }
            }

            if (_tally.Events >= nextReport)
            {
                nextReport += 1 << 16;
                progress?.Invoke(reader.Progress);
            }
        }

        return Finish();
    }

    // Every event as if it were a use: what it names is fetched all the same.
    private static int Read(ITraceReader reader, TraceEvent[] events, TraceUse[] uses)
    {
        int count = reader.Read(events);
        for (int i = 0; i < count; i++)
        {
            uses[i] = new TraceUse(events[i].ObjectId, events[i].SizeBytes, events[i].TimeNs);
        }

        return count;
    }

    // Of a whole batch first the entries, then the objects, then their ranks: each has come when the next looks at it.
    private void Fetch(ReadOnlySpan<TraceUse> uses, Span<int> numbers)
    {
        foreach (ref readonly TraceUse use in uses)
        {
            _objects.Prefetch(use.ObjectId);
        }

        for (int i = 0; i < uses.Length; i++)
        {
            int number = _objects.Guess(uses[i].ObjectId);
            numbers[i] = number;
            if (number >= 0)
            {
                _objects.Prefetch(number);
                _vramOrder.Prefetch(number);
            }
        }

        for (int i = 0; i < uses.Length; i++)
        {
            ref int number = ref numbers[i];
            if (number >= 0)
            {
                if (_objects[number].Id != uses[i].ObjectId && (number = _objects.Find(uses[i].ObjectId)) < 0)
                {
                    continue;
                }

                _vramOrder.PrefetchNeighbours(number);
            }
        }
    }

    private void Apply(in TraceEvent e, in TraceUse use, int number)
    {
        switch (e.Kind)
        {
            case TraceKind.Use:
                Use(in use, number);
                break;
            case TraceKind.Create:
                if (number < 0 && _objects.Find(e.ObjectId) < 0)
                {
                    Make(in use);
                }

                break;
            case TraceKind.Destroy or TraceKind.CpuAccess or TraceKind.Fault or TraceKind.Pin or TraceKind.Unpin:
            case TraceKind.Advise when e.DeviceKind != Diagnostics.DeviceEventKind.None || (e.Flags & TraceFlags.Purgeable) != 0:
                if (number >= 0 || _objects.Find(e.ObjectId) >= 0)
                {
                    throw new CompactLimitException("the trace does more than use objects");
                }

                break;
            case TraceKind.Submit or TraceKind.Frame:
                Submit(e.Kind == TraceKind.Submit ? (long)Math.Min(e.DurationNs, 1ul << 40) : 0);
                break;
        }
    }

    private void Use(in TraceUse use, int number)
    {
        _tally.Requests++;
        if (number < 0 && (number = _objects.Find(use.ObjectId)) < 0)
        {
            number = Make(in use);
        }

        ref CompactObject target = ref _objects[number];
        if (target.Is(CompactFlags.InJob))
        {
            return;
        }

        uint missPages = 0;
        if (target.Domain != MemoryDomain.Vram)
        {
            missPages = target.PageCount;
            _tally.Misses++;
            _tally.MissBytes += target.SizeBytes;
        }

        target.Flags |= CompactFlags.InJob;
        ulong readBytes = use.SizeBytes == 0 ? target.SizeBytes : Math.Min(use.SizeBytes, target.SizeBytes);
        _uses[_useCount++] = new CompactUse(number, missPages, readBytes);
        if (_useCount == _uses.Length)
        {
            if (_options.Pace == ReplayPace.Recorded && use.TimeNs > 0)
            {
                _machine.AdvanceTo(Math.Min(use.TimeNs, RecordingReplay.MaxTimeNs));
            }

            Submit(0);
        }
    }

    // In the aperture while that has room, else in system RAM: nobody makes way for what nobody uses yet.
    private int Make(in TraceUse use)
    {
        int number = _objects.Add(use.ObjectId);
        _vramOrder.Reserve(_objects.Capacity);
        if (_keepsGttOrder)
        {
            _gttOrder.Reserve(_objects.Capacity);
        }

        ReapPostponed();
        ulong pages = Pages.Count(Math.Clamp(use.SizeBytes, 1, 1ul << 46));
        if (pages > uint.MaxValue)
        {
            throw new CompactLimitException("an object is too large");
        }

        ref CompactObject made = ref _objects[number];
        made.PageCount = (uint)pages;
        made.Domain = MemoryDomain.System;
        _tally.Objects++;
        _mappedPages += pages;
        if (_mappedPages > MostMappedPages)
        {
            throw new CompactLimitException("the device file is used up");
        }

        if (TakeGtt(number, ref made))
        {
            made.Domain = MemoryDomain.Gtt;
            Populate(ref made);
        }

        return number;
    }

    private void Submit(long baseNs)
    {
        if (_useCount == 0)
        {
            return;
        }

        long before = _machine.NowNs;
        WaitFence(_jobBefore);
        _tally.StallNs += _machine.NowNs - before;
        MmStatus status = SubmitAll(_uses.AsSpan(0, _useCount), baseNs, out uint fence);
        _tally.Failures += status == MmStatus.Ok ? 0 : 1;
        _jobBefore = _lastJob;
        _lastJob = fence;
        _useCount = 0;
    }

    private MmStatus SubmitAll(ReadOnlySpan<CompactUse> uses, long baseNs, out uint last)
    {
        last = 0;
        bool isFirst = true;
        while (isFirst || !uses.IsEmpty)
        {
            while (_machine.PendingJobs >= _mostPending)
            {
                _machine.WaitFor(CompactMachine.Render, _machine.SignaledOf(CompactMachine.Render) + 1);
            }

            MmStatus status = SubmitSome(uses, isFirst ? baseNs : 0, out int done, out last);
            if (status == MmStatus.OutOfMemory && uses.Length > 1)
            {
                // The others of the set hold all the room: this one alone, then the rest.
                status = SubmitSome(uses[..1], isFirst ? baseNs : 0, out done, out last);
            }

            if (status != MmStatus.Ok)
            {
                return status;
            }

            uses = uses[done..];
            isFirst = false;
        }

        return MmStatus.Ok;
    }

    private MmStatus SubmitSome(ReadOnlySpan<CompactUse> uses, long baseNs, out int done, out uint fence)
    {
        fence = 0;
        foreach (ref readonly CompactUse use in uses)
        {
            ref CompactFlags flags = ref _objects[use.Number].Flags;
            flags = (flags & ~(CompactFlags.InJob | CompactFlags.Counted)) | CompactFlags.Held;
        }

        FetchFirstVictims();

        MmStatus status = MmStatus.Ok;
        for (done = 0; done < uses.Length; done++)
        {
            FetchFits(uses, done);
            status = ValidateForUse(uses[done].Number);
            if (status != MmStatus.Ok)
            {
                break;
            }
        }

        status = status == MmStatus.OutOfMemory && done > 0 ? MmStatus.Ok : status;
        if (status == MmStatus.Ok)
        {
            fence = QueueJob(uses[..done], baseNs);
        }

        // Nobody holds anything between submissions.
        foreach (ref readonly CompactUse use in uses)
        {
            _objects[use.Number].Flags &= ~CompactFlags.Held;
        }

        return status;
    }

    private uint QueueJob(ReadOnlySpan<CompactUse> uses, long baseNs)
    {
        CompactWaits waits = default;
        ulong vramBytes = 0;
        ulong linkBytes = 0;
        foreach (ref readonly CompactUse use in uses)
        {
            ref CompactObject target = ref _objects[use.Number];
            _fences.CollectMoves(use.Number, ref target, ref waits);
            if (target.Domain != MemoryDomain.Vram && !_profile.IsUnified)
            {
                linkBytes += use.ReadBytes;
            }
            else
            {
                vramBytes += use.ReadBytes;
            }
        }

        long fixedNs = baseNs + _profile.Vram.StreamNs(vramBytes);
        uint job = _machine.Submit(CompactMachine.Render, fixedNs, _profile.Link.StreamNs(linkBytes), LinkDirection.ToDevice, waits);
        uint fence = CompactTimelines.WordOf(CompactMachine.Render, job);
        _jobs++;
        _linkReadBytes += (long)linkBytes;
        uint reader = CompactTimelines.ForReader(fence);
        foreach (ref readonly CompactUse use in uses)
        {
            ref CompactObject target = ref _objects[use.Number];
            _fences.AddReader(use.Number, ref target, reader);
            CountUse(use.Number, ref target);
        }

        return fence;
    }

    // A list makes young whoever is used; a ranking counts one use of each submission, and coming in is not one.
    private void CountUse(int number, ref CompactObject target)
    {
        if (target.Domain == MemoryDomain.System)
        {
            return;
        }

        if (!TPolicy.IsList && target.Is(CompactFlags.Counted))
        {
            return;
        }

        target.Flags |= CompactFlags.Counted;
        if (target.Domain == MemoryDomain.Vram)
        {
            _vramOrder.Hit(number);
        }
        else if (_keepsGttOrder)
        {
            _gttOrder.Hit(number);
        }
        else
        {
            target.Age = NextAge();
        }
    }
}
