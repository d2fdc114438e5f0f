using System;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Allocator events of PyTorch as a table: time_us,action,addr,size,stream.</summary>
internal sealed class PyTorchCsvReader(TraceInput input) : TextTraceReader(input, "pytorch-csv")
{
    public const string Header = "time_us,action,addr,size,stream";

    private const string Fix = "Write the events again as " + Header + ".";

    private readonly PyTorchEvents _events = new(input.File);

    protected override void Parse(ReadOnlySpan<byte> line)
    {
        if (LineNumber == 1)
        {
            SetProperty(PyTorchEvents.AccessProperty, PyTorchEvents.AccessNote);
            if (!line.StartsWith("time_us,"u8))
            {
                throw BadLine(0, $"the header is '{Fields.Text(line, 80)}'", Fix);
            }

            return;
        }

        if (line.IsEmpty)
        {
            return;
        }

        ReadOnlySpan<byte> rest = line;
        bool isGood = Fields.TrySigned(Fields.Next(ref rest, (byte)','), out long time) && time is >= 0 and < long.MaxValue / 2000;
        string action = Fields.Text(Fields.Next(ref rest, (byte)','), 40);
        isGood &= Fields.TryWhole(Fields.Next(ref rest, (byte)','), out ulong address);
        isGood &= Fields.TryWhole(Fields.Next(ref rest, (byte)','), out ulong size);
        isGood &= Fields.TryWhole(Fields.Next(ref rest, (byte)','), out ulong stream);
        if (!isGood || !rest.IsEmpty)
        {
            throw BadLine(0, $"'{Fields.Text(line, 80)}' is not five columns of numbers and an action", Fix);
        }

        _events.Apply(new PyTorchEvents.Row(time, action, address, size, stream, null), LineOffset, (in TraceEvent e) => Emit(e));
    }
}
