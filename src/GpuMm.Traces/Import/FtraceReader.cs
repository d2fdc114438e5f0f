using System;
using System.Globalization;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Text of ftrace, trace_pipe or <c>trace-cmd report</c> with events of amdgpu, xe, i915 or the GPU memory counters.</summary>
/// <remarks>Lines of other events are passed over and counted; a file without any known event is refused at its end.</remarks>
internal sealed class FtraceReader : TextTraceReader
{
    private readonly FtraceAmdgpu _amdgpu;
    private readonly FtraceIntel _intel;
    private long _startNs = long.MinValue;
    private long _known;
    private long _unknown;

    public FtraceReader(TraceInput input)
        : base(input, "ftrace", maxLineBytes: 64 << 10)
    {
        ObjectNames names = new(input.File);
        FtraceObjects objects = new(names, (in TraceEvent e) => Emit(e));
        _amdgpu = new FtraceAmdgpu(objects);
        _intel = new FtraceIntel(objects);
    }

    protected override void Parse(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> trimmed = line.TrimStart((byte)' ');
        if (trimmed.IsEmpty || trimmed[0] == (byte)'#' || trimmed.StartsWith("cpus="u8) || trimmed.StartsWith("version = "u8) || trimmed.StartsWith("CPU"u8))
        {
            return;
        }

        if (!FtraceLine.TryParse(line, out FtraceLine parsed))
        {
            throw BadLine(0, $"'{Fields.Text(trimmed, 60)}' is no line of ftrace", "Write the text with 'trace-cmd report' or read /sys/kernel/tracing/trace.");
        }

        _startNs = _startNs == long.MinValue ? parsed.TimeNs : _startNs;
        TraceEvent e = new() { TimeNs = parsed.TimeNs - _startNs, ClientId = parsed.Pid };
        FtraceOutcome outcome = _amdgpu.Apply(parsed, e, LineOffset);
        outcome = outcome == FtraceOutcome.Unknown ? _intel.Apply(parsed, e, LineOffset) : outcome;
        if (outcome == FtraceOutcome.Malformed)
        {
            throw BadLine(
                0, $"{Fields.Text(parsed.Event, 40)} has other fields than expected: '{Fields.Text(parsed.Text, 80)}'",
                "Leave the event's print format as the kernel has it.");
        }

        _known += outcome == FtraceOutcome.Done ? 1 : 0;
        _unknown += outcome == FtraceOutcome.Unknown ? 1 : 0;
        if (_amdgpu.RepairedMoves > 0)
        {
            Warn("amdgpu_bo_move says that objects move from a heap to the same heap: a bug of kernels before 6.7. Where they came from was inferred.");
        }
    }

    protected override void Finish()
    {
        SetProperty("events_passed_over", _unknown.ToString(CultureInfo.InvariantCulture));
        if (_known == 0)
        {
            throw Malformed(
                0, $"none of {_unknown} events is one of amdgpu, xe, i915 or gpu_mem",
                "Record with 'trace-cmd record -e amdgpu -e gpu_mem' (or -e xe, -e i915).");
        }
    }
}
