using System;
using GpuMm.Diagnostics;
using GpuMm.Traces.Export;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Our own table of events, with every column: what <see cref="CsvTraceWriter"/> writes.</summary>
internal sealed class EventCsvReader(TraceInput input) : TextTraceReader(input, "csv")
{
    private const string Fix = "Leave the columns as 'gpumm trace convert' writes them.";

    protected override void Parse(ReadOnlySpan<byte> line)
    {
        if (LineNumber == 1 || line.IsEmpty)
        {
            return;
        }

        ReadOnlySpan<byte> rest = line;
        long time = Signed(Fields.Next(ref rest, (byte)','), "time_ns");
        TraceKind kind = Word<TraceKind>(Fields.Next(ref rest, (byte)','), "kind");
        long client = Signed(Fields.Next(ref rest, (byte)','), "client");
        ulong id = Whole(Fields.Next(ref rest, (byte)','), "object");
        ulong size = Whole(Fields.Next(ref rest, (byte)','), "size");
        ulong offset = Whole(Fields.Next(ref rest, (byte)','), "offset");
        ulong related = Whole(Fields.Next(ref rest, (byte)','), "related");
        MemoryDomain from = Word<MemoryDomain>(Fields.Next(ref rest, (byte)','), "from");
        MemoryDomain to = Word<MemoryDomain>(Fields.Next(ref rest, (byte)','), "to");
        TraceCause cause = Word<TraceCause>(Fields.Next(ref rest, (byte)','), "cause");
        ulong reason = Whole(Fields.Next(ref rest, (byte)','), "reason");
        ulong flags = Whole(Fields.Next(ref rest, (byte)','), "flags");
        ulong duration = Whole(Fields.Next(ref rest, (byte)','), "duration_ns");
        long count = Signed(Fields.Next(ref rest, (byte)','), "count");
        ulong detail = Whole(Fields.Next(ref rest, (byte)','), "detail");
        MmStatus status = Word<MmStatus>(Fields.Next(ref rest, (byte)','), "status");
        DeviceEventKind deviceKind = Word<DeviceEventKind>(Fields.Next(ref rest, (byte)','), "device_kind");
        ulong wishes = Whole(Fields.Next(ref rest, (byte)','), "wishes");
        ulong placement = Whole(Fields.Next(ref rest, (byte)','), "placement");
        if (client is < int.MinValue or > int.MaxValue || reason > 255 || flags > 255 || count is < int.MinValue or > int.MaxValue || wishes > 8)
        {
            throw BadLine(0, "client, reason, flags, count or wishes is out of range", Fix);
        }

        Emit(new TraceEvent
        {
            TimeNs = time,
            Kind = kind,
            ClientId = (int)client,
            ObjectId = id,
            SizeBytes = size,
            OffsetBytes = offset,
            RelatedId = related,
            From = from,
            To = to,
            Cause = cause,
            Reason = (byte)reason,
            Flags = (TraceFlags)flags,
            DurationNs = duration,
            Count = (int)count,
            Detail = detail,
            Status = status,
            DeviceKind = deviceKind,
            Placement = new PlacementCode(placement, (byte)wishes),
            Name = rest.IsEmpty ? null : Unquote(rest),
        });
    }

    private static string Unquote(ReadOnlySpan<byte> field)
    {
        string text = Fields.Text(field, 5000);
        return text is ['"', .., '"'] ? text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }

    private long Signed(ReadOnlySpan<byte> field, string column) =>
        Fields.TrySigned(field, out long value) ? value : throw Bad(field, column);

    private ulong Whole(ReadOnlySpan<byte> field, string column) =>
        Fields.TryWhole(field, out ulong value) ? value : throw Bad(field, column);

    private T Word<T>(ReadOnlySpan<byte> field, string column)
        where T : struct, Enum
    {
        if (field.IsEmpty)
        {
            return default;
        }

        return Enum.TryParse(Fields.Text(field, 40), ignoreCase: true, out T value) && Enum.IsDefined(value) ? value : throw Bad(field, column);
    }

    private TraceFormatException Bad(ReadOnlySpan<byte> field, string column) =>
        BadLine(0, $"'{Fields.Text(field, 40)}' does not belong into column {column}", Fix);
}
