using System;
using System.Collections.Generic;
using System.IO;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>A reader whose source yields several events, or none, at a step: they queue up until they are asked for.</summary>
internal abstract class QueuedReader : ITraceReader
{
    private readonly List<TraceEvent> _queue = [];
    private readonly SortedDictionary<string, string> _properties = new(StringComparer.Ordinal);
    private int _taken;
    private bool _isAtEnd;
    private TraceFormatException? _failure;

    protected QueuedReader(TraceInput input, string format)
    {
        Input = input;
        Description = new TraceDescription { Format = format, Properties = _properties };
    }

    public TraceDescription Description { get; protected init; }

    public string? Warning { get; private set; }

    public double Progress => _isAtEnd ? 1 : Input.Progress;

    protected TraceInput Input { get; }

    protected Stream Stream => Input.Stream;

    public int Read(Span<TraceEvent> batch)
    {
        while (_taken == _queue.Count && !_isAtEnd && _failure is null)
        {
            _taken = 0;
            _queue.Clear();
            Advance();
        }

        if (_taken == _queue.Count && _failure is not null)
        {
            throw _failure;
        }

        int count = Math.Min(batch.Length, _queue.Count - _taken);
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_queue).Slice(_taken, count).CopyTo(batch);
        _taken += count;
        return count;
    }

    public virtual void Dispose() => Input.Dispose();

    /// <summary>Reads a piece of the input; false at its end. Memory for one piece is bounded.</summary>
    protected abstract bool Step();

    protected void Emit(in TraceEvent e) => _queue.Add(e);

    protected void SetProperty(string key, string value)
    {
        if (_properties.Count < TraceDescription.MaxProperties)
        {
            _properties[key] = value.Length > 1000 ? value[..1000] : value;
        }
    }

    protected void Warn(string sentence) => Warning ??= $"{Input.File}: {sentence}";

    protected TraceFormatException Malformed(long offset, string what, string fix, Exception? inner = null) => new(Input.File, offset, what, fix, inner);

    // A fault waits behind the events before it.
    private void Advance()
    {
        try
        {
            _isAtEnd = !Step();
        }
        catch (TraceFormatException failure)
        {
            _failure = failure;
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or ZstdSharp.ZstdException)
        {
            _failure = Malformed(Input.Position, $"the input cannot be read ({failure.Message.TrimEnd('.')})", "Take another copy of the file.", failure);
        }
    }
}
