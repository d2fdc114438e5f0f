using System.Collections.Generic;
using GpuMm.Eviction;
using GpuMm.Ranges;
using GpuMm.Simulation;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>A compact replay with one ranking, compiled apart.</summary>
/// <typeparam name="TPolicy">The ranking.</typeparam>
internal sealed partial class CompactReplay<TPolicy> : CompactReplay
    where TPolicy : struct, ICompactRanking
{
    private const ulong MostMappedPages = 1ul << 51; // Of the device file: GpuDeviceOptions.MappablePages
    private const int LinkTimeCount = 4096; // A power of two

    private readonly FullReplayOptions _options;
    private readonly EvictionPolicy _policy;
    private readonly MachineProfile _profile;
    private readonly CompactMachine _machine;
    private readonly int _mostPending = new SubmissionOptions().MaxPendingJobs;
    private readonly CompactTimelines _timelines;
    private readonly CompactObjects _objects = new();
    private readonly CompactFences _fences;
    private readonly CompactPostponed _postponed;
    private readonly CompactSpace _space;
    private readonly ulong _visibleBytes;
    private readonly CompactOrder<TPolicy> _vramOrder;
    private readonly CompactOrder<TPolicy> _gttOrder;
    private readonly CompactUse[] _uses;
    private readonly uint[] _evictionFences = new uint[CompactMachine.TimelineCount];
    private readonly LinkTime[] _linkTimes = new LinkTime[LinkTimeCount]; // Of the sizes asked for last, by pages
    private ulong _bytesBefore; // Of the copy that was queued last.
    private bool _keepsGttOrder = !TPolicy.IsList; // A ranking counts uses from the beginning.
    private uint _age;
    private ulong _vramUsedBytes;
    private ulong _vramPeakBytes;
    private ulong _gttUsedBytes; // What is postponed included
    private ulong _pageBytes; // Likewise
    private ulong _mappedPages;
    private int _useCount;
    private uint _lastJob;
    private uint _jobBefore;
    private ReplayTally _tally;
    private long _jobs;
    private long _evictions;
    private long _toVramBytes;
    private long _fromVramBytes;
    private long _linkReadBytes;

    public CompactReplay(FullReplayOptions options)
    {
        _options = options;
        _policy = EvictionPolicies.Get(options.Policy);
        _profile = options.Machine;
        _machine = new CompactMachine(_profile);
        _timelines = new CompactTimelines(_machine);
        _fences = new CompactFences(_timelines);
        _postponed = new CompactPostponed(_timelines);
        _space = new CompactSpace(options.Allocator, options.VramBytes);
        _visibleBytes = ReplayDevices.VisibleBytes(options);
        _vramOrder = new CompactOrder<TPolicy>(options.VramBytes);
        _gttOrder = new CompactOrder<TPolicy>(options.ApertureBytes);
        _uses = new CompactUse[options.JobUses];
    }

    public override ulong PlacesHash()
    {
        PlaceHash hash = new();
        List<ByteRange> ranges = [];
        for (int number = 0; number < _objects.Count; number++)
        {
            ref CompactObject target = ref _objects[number];
            hash.Add(target.SizeBytes, (int)target.Domain);
            ranges.Clear();
            _space.AddRanges(target.Space, ranges);
            ranges.ForEach(range => hash.Add(range));
        }

        return hash.Value;
    }

    private FullReplayResult Finish()
    {
        Submit(0);
        WaitFence(_jobBefore);
        WaitFence(_lastJob);
        ReapPostponed();
        List<ByteRange> taken = TakenRanges();
        return _tally.Result(_options.VramBytes, _vramUsedBytes, _vramPeakBytes, ReplayDevices.LargestHole(taken, _options.VramBytes)) with
        {
            Jobs = _jobs,
            Evictions = _evictions,
            ToVramBytes = _toVramBytes,
            FromVramBytes = _fromVramBytes,
            LinkReadBytes = _linkReadBytes,
            SimulatedNs = _machine.NowNs,
            CopyNs = _machine.BusyNs(CompactMachine.Copy),
            RenderNs = _machine.BusyNs(CompactMachine.Render),
            BrokenInvariants = _options.ChecksInvariants ? CountBroken(taken) : 0,
        };
    }

    private List<ByteRange> TakenRanges()
    {
        List<ByteRange> taken = [];
        for (int number = 0; number < _objects.Count; number++)
        {
            _space.AddRanges(_objects[number].Space, taken);
        }

        return taken;
    }

    // The sums, the domains and the space; LargestHole has put the ranges in order.
    private int CountBroken(List<ByteRange> taken)
    {
        ulong vramBytes = 0;
        ulong gttBytes = 0;
        int broken = _space.Validate() is null ? 0 : 1;
        for (int number = 0; number < _objects.Count; number++)
        {
            ref CompactObject target = ref _objects[number];
            vramBytes += target.Domain == MemoryDomain.Vram ? target.SizeBytes : 0;
            gttBytes += target.Domain == MemoryDomain.Gtt ? target.SizeBytes : 0;
            broken += (target.Domain == MemoryDomain.Vram) == (target.Space != 0) ? 0 : 1;
        }

        for (int i = 1; i < taken.Count; i++)
        {
            broken += taken[i].Overlaps(taken[i - 1]) ? 1 : 0;
        }

        broken += vramBytes == _vramUsedBytes ? 0 : 1;
        return broken + (gttBytes <= _gttUsedBytes ? 0 : 1);
    }
}
