namespace GpuMm.Hosting.Diagnostics;

/// <summary>The public names of what GpuMm tells monitoring tools.</summary>
/// <remarks>
/// Spans tell what a client or a worker asked for; moves and evictions that it took are spans inside it. Tags:
/// <c>gpumm.device</c>, <c>gpumm.client</c> (its number), <c>gpumm.objects</c> and <c>gpumm.bytes</c> where there are any, <c>gpumm.cause</c>,
/// <c>gpumm.move.from</c> and <c>gpumm.move.to</c> of moves. What was refused has the status Error and the refusal's sentence.
/// </remarks>
public static class GpuMmDiagnostics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "GpuMm";

    /// <summary>Name of the activity source.</summary>
    public const string ActivitySourceName = "GpuMm";

    /// <summary>Name of the event source, for one event per move, eviction and fault.</summary>
    public const string EventSourceName = "GpuMm";

    /// <summary>Span: a client creates an object.</summary>
    public const string CreateActivity = "gpumm.create";

    /// <summary>Span: a client brings an object into a placement, or pins or purges it.</summary>
    public const string ValidateActivity = "gpumm.validate";

    /// <summary>Span: a client's job is validated and queued; not the time for which the engine works on it.</summary>
    public const string SubmitActivity = "gpumm.submit";

    /// <summary>Span: a client reads or writes with the CPU. Only reads and writes during which something moved are told.</summary>
    public const string AccessActivity = "gpumm.access";

    /// <summary>Span, inside another: a move, from its queueing to the end of its copy as known then.</summary>
    public const string MigrateActivity = "gpumm.migrate";

    /// <summary>Span, inside another, without length: an object was chosen to make room. The move that followed is a span of its own.</summary>
    public const string EvictActivity = "gpumm.evict";

    /// <summary>Span: the reclaimer makes room ahead of need.</summary>
    public const string ReclaimActivity = "gpumm.reclaim";

    /// <summary>Span: the defragmenter moved something.</summary>
    public const string DefragmentActivity = "gpumm.defragment";

    /// <summary>Span: a snapshot of kept state is written.</summary>
    public const string SnapshotActivity = "gpumm.snapshot";

    /// <summary>Most moves and evictions that one span tells as spans; how many more there were is its tag <c>gpumm.spans.left_out</c>.</summary>
    public const int MaxInnerSpans = 256;
}
