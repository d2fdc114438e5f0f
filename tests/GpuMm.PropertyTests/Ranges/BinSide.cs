using System.Collections.Generic;
using System.Linq;
using GpuMm.Ranges;
using GpuMm.TestKit.Ranges;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>
/// The bin allocator, watched: before each operation the model says what must come of it, afterwards the model is told the
/// address that the allocator chose and objects if it may not be.
/// </summary>
internal sealed class BinSide
{
    private readonly int[] _weights;
    private readonly int _maxSize;
    private readonly int _maxLive;
    private readonly BinAllocator _subject;
    private readonly NaiveSpaceModel _model;
    private readonly List<(BinBlock Block, ulong Start)> _live = [];
    private MmStatus _last;

    public BinSide(NaiveSpaceModel model, int units, int maxLive, int[] weights, bool isDense)
    {
        _weights = weights;
        _maxLive = maxLive;
        _maxSize = weights[2] % 2 == 0 ? units + 2 : 9;
        _subject = new BinAllocator((ulong)units, 1, maxLive, isDense ? maxLive : 0);
        _model = model;
    }

    /// <summary>The first thing that went wrong, or null.</summary>
    public string? Fault { get; private set; }

    public string Describe()
    {
        string fill = _model.FreeUnits == 0 ? "full"
            : _live.Count == 0 ? "empty"
            : _live.Count == _maxLive ? "at the limit"
            : _model.Holes().Count() == 1 ? "one hole"
            : "holes";
        return $"{fill}, last {_last}";
    }

    public void Apply(BinCall call)
    {
        _last = MmStatus.Ok;
        if (call.Roll % (_weights[0] + _weights[1]) < _weights[0])
        {
            ulong alignment = call.Alignment % 3 == 0 ? (ulong)(call.Alignment % 10) : 1ul << (call.Alignment % 6);
            Allocate((ulong)(call.Size % _maxSize), call.Alignment % 2 == 0 ? 1 : alignment);
        }
        else if (_live.Count > 0)
        {
            int at = call.Pick % _live.Count;
            _subject.Free(_live[at].Block);
            _model.Taken.Remove(_live[at].Start);
            _live.RemoveAt(at);
        }

        Require(_subject.Validate() is null, _subject.Validate() ?? string.Empty);
        Require(_subject.FreeBytes == _model.FreeUnits, "free bytes");
        Require(_subject.LargestFreeBytes == _model.LargestFreeUnits, "largest hole");
        Require(_subject.LiveCount == _model.Taken.Count, "live count");
    }

    private void Allocate(ulong size, ulong alignment)
    {
        MmStatus expected = _model.StatusOf(size, alignment);
        _last = _subject.TryAllocate(size, alignment, out BinBlock block, out ulong start);
        Require(_last == expected, $"{size} at {alignment}: {_last} instead of {expected}");
        if (_last == MmStatus.Ok)
        {
            Require(_model.TryPlace(start, size, alignment), $"{size} at {alignment} was put to {start}");
            Require(_subject.GetRange(block) == new ByteRange(start, size), "range");
            _live.Add((block, start));
        }
    }

    private void Require(bool holds, string what) => Fault ??= holds ? null : what;

    public override string ToString() => $"{Fault}; {_subject.Dump()}{string.Join(' ', _live)}";
}
