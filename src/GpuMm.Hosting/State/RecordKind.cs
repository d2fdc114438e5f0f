namespace GpuMm.Hosting.State;

/// <summary>What a record says. The numbers are in files: never change one.</summary>
internal enum RecordKind : byte
{
    None = 0,
    Opened = 1,
    Closed = 2,
    Limited = 3,
    Created = 4,
    HandleOpened = 5,
    HandleClosed = 6,
    Mapped = 7,
    Unmapped = 8,
    Wrote = 9,
    Pinned = 10,
    Unpinned = 11,
    Placed = 12,
    Advised = 13,
    Purged = 14,
    Shared = 15,
    Counters = 16,
    LastHandle = 17,
    End = 18,
    Mark = 19,
    GroupLimited = 20,
    GroupMade = 21,
    GroupRemoved = 22,
    NamedGroupLimited = 23,
    InGroup = 24,
}
