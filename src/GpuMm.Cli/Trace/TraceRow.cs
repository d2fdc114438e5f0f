using GpuMm.Traces.Model;

namespace GpuMm.Cli.Trace;

/// <summary>One event as <c>gpumm trace head --json</c> prints it.</summary>
internal sealed record TraceRow(
    long TimeNs, string Kind, int Client, ulong Object, ulong SizeBytes, ulong OffsetBytes, ulong Related, string From, string To,
    string Cause, string Flags, string? Name)
{
    public static TraceRow Of(in TraceEvent e) => new(
        e.TimeNs, e.Kind.ToString(), e.ClientId, e.ObjectId, e.SizeBytes, e.OffsetBytes, e.RelatedId, e.From.ToString(), e.To.ToString(),
        e.Cause.ToString(), e.Flags.ToString(), e.Name);
}
