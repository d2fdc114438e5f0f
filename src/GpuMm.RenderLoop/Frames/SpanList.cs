using System;

namespace GpuMm.RenderLoop.Frames;

/// <summary>Stretches of time in order, none over another; old ones are dropped. No allocation once it has grown.</summary>
internal sealed class SpanList
{
    private TimeSpent[] _spans = new TimeSpent[256];
    private int _first;
    private int _end;

    public ReadOnlySpan<TimeSpent> Spans => _spans.AsSpan(_first, _end - _first);

    /// <summary>Adds a stretch; one that goes on with the same cause and object becomes longer.</summary>
    public void Add(in TimeSpent span)
    {
        if (span.EndNs <= span.StartNs)
        {
            return;
        }

        if (_end > _first)
        {
            ref TimeSpent last = ref _spans[_end - 1];
            if (last.EndNs == span.StartNs && last.Cause == span.Cause && last.ObjectId == span.ObjectId)
            {
                last = last with { EndNs = span.EndNs, SizeBytes = last.SizeBytes + span.SizeBytes };
                return;
            }
        }

        if (_end == _spans.Length)
        {
            MakeRoom();
        }

        _spans[_end++] = span;
    }

    /// <summary>Drops what ended by a point in time.</summary>
    public void DropUntil(long timeNs)
    {
        while (_first < _end && _spans[_first].EndNs <= timeNs)
        {
            _first++;
        }

        if (_first == _end)
        {
            _first = 0;
            _end = 0;
        }
    }

    private void MakeRoom()
    {
        int count = _end - _first;
        if (count > _spans.Length / 2)
        {
            Array.Resize(ref _spans, _spans.Length * 2);
        }

        _spans.AsSpan(_first, count).CopyTo(_spans);
        _first = 0;
        _end = count;
    }
}
