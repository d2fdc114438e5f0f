namespace GpuMm.Objects;

/// <summary>What one submission may move, and what it moved so far.</summary>
public struct MoveAllowance
{
    internal MoveAllowance(ulong bytes, ulong visibleBytes)
    {
        Bytes = bytes;
        VisibleBytes = visibleBytes;
    }

    /// <summary>Bytes that may be moved; a move may begin while less was moved.</summary>
    public ulong Bytes { get; }

    /// <summary>Bytes that may be moved into the part that the CPU sees; all for a card that is wholly visible.</summary>
    public ulong VisibleBytes { get; }

    /// <summary>Bytes moved so far.</summary>
    public ulong MovedBytes { get; private set; }

    /// <summary>Bytes moved so far into the part that the CPU sees.</summary>
    public ulong VisibleMovedBytes { get; private set; }

    /// <summary>Objects that stayed where they were because no more might be moved.</summary>
    public int KeptCount { get; internal set; }

    /// <summary>True while more may be moved.</summary>
    public readonly bool IsOpen => MovedBytes < Bytes;

    /// <summary>True while more may be moved into the part that the CPU sees.</summary>
    public readonly bool IsVisibleOpen => VisibleMovedBytes < VisibleBytes;

    internal void Count(ulong movedBytes, bool isVisible)
    {
        MovedBytes += movedBytes;
        VisibleMovedBytes += isVisible ? movedBytes : 0;
    }
}
