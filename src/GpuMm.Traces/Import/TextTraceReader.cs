using System;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>A reader of lines. Each takes a bounded time and a bounded memory.</summary>
internal abstract class TextTraceReader : QueuedReader
{
    private const int LinesPerStep = 256;

    private readonly LineReader _lines;

    protected TextTraceReader(TraceInput input, string format, int maxLineBytes = 1 << 20)
        : base(input, format)
    {
        _lines = new LineReader(input, maxLineBytes);
    }

    protected long LineOffset => _lines.LineOffset;

    protected long LineNumber => _lines.LineNumber;

    protected abstract void Parse(ReadOnlySpan<byte> line);

    /// <summary>Called once behind the last line.</summary>
    protected virtual void Finish()
    {
    }

    protected sealed override bool Step()
    {
        for (int i = 0; i < LinesPerStep; i++)
        {
            if (!_lines.TryRead(out ReadOnlySpan<byte> line))
            {
                Finish();
                return false;
            }

            Parse(line);
        }

        return true;
    }

    /// <summary>The line read last is not what it should be.</summary>
    /// <param name="column">Byte within the line.</param>
    /// <param name="what">What is wrong.</param>
    /// <param name="fix">What to do.</param>
    protected TraceFormatException BadLine(int column, string what, string fix) =>
        Malformed(LineOffset + column, $"line {LineNumber}: {what}", fix);
}
