namespace GpuMm.Traces.Export;

/// <summary>The numbers of the fields of Perfetto's messages that we write.</summary>
internal static class PerfettoFields
{
    public const int TracePacket = 1;

    public const int PacketTimestamp = 8;
    public const int PacketSequence = 10;
    public const int PacketEvent = 11;
    public const int PacketTrack = 60;

    public const int TrackUuid = 1;
    public const int TrackName = 2;
    public const int TrackProcess = 3;
    public const int TrackParent = 5;
    public const int TrackCounter = 8;

    public const int ProcessPid = 1;
    public const int ProcessName = 6;

    public const int CounterUnit = 3;
    public const int UnitBytes = 3;

    public const int EventAnnotation = 4;
    public const int EventType = 9;
    public const int EventTrack = 11;
    public const int EventName = 23;
    public const int EventCounterValue = 30;

    public const int TypeBegin = 1;
    public const int TypeEnd = 2;
    public const int TypeInstant = 3;
    public const int TypeCounter = 4;

    public const int AnnotationUnsigned = 3;
    public const int AnnotationText = 6;
    public const int AnnotationName = 10;
}
