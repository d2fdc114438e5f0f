using System;
using System.Threading;

namespace GpuMm.Primitives;

/// <summary>
/// Parts in which threads keep a little of what they give back, so that who takes it again meets nobody: when they begin, and when
/// all of it goes back.
/// </summary>
/// <remarks>
/// Once threads have met at the lock of what they share often enough, each opens its part. The first who must find all there is, or
/// forbids it, closes them; then nobody keeps any until threads have met as often again. So a single thread never does, and one that
/// looks sees what it always saw. Lock: that of what is shared, unless a member says otherwise.
/// </remarks>
internal sealed class KeptParts<TPart>
    where TPart : class, IKeptPart
{
    private readonly TPart[] _parts = new TPart[ThreadPart.Count];
    private bool _mayOpen = true;
    private int _openCount;
    private uint _meetingsAtClose;

    /// <summary>Parts that are closed.</summary>
    /// <param name="make">Makes one.</param>
    public KeptParts(Func<TPart> make)
    {
        for (int i = 0; i < _parts.Length; i++)
        {
            _parts[i] = make();
        }
    }

    /// <summary>The current thread's part. Lock: none.</summary>
    public TPart Own => _parts[ThreadPart.Own];

    /// <summary>All parts. Lock: none.</summary>
    public ReadOnlySpan<TPart> All => _parts;

    /// <summary>How often threads meet before they keep anything.</summary>
    public uint MeetingsToOpen { get; set; } = 64;

    /// <summary>Whether anything may be kept at all. Lock: none.</summary>
    public bool IsAnyOpen => Volatile.Read(ref _openCount) != 0;

    /// <summary>Bytes that are kept. Lock: none.</summary>
    public ulong KeptBytes
    {
        get
        {
            ulong bytes = 0;
            for (int i = 0; i < _parts.Length && IsAnyOpen; i++)
            {
                bytes += _parts[i].KeptBytes;
            }

            return bytes;
        }
    }

    /// <summary>Whether the current thread has yet to open its part, and may.</summary>
    /// <param name="meetings">How often threads have met so far.</param>
    public bool MayOpen(uint meetings) =>
        _mayOpen && unchecked(meetings - _meetingsAtClose) >= MeetingsToOpen && !Own.IsOpen;

    /// <summary>
    /// Opens the current thread's part. What the others keep goes back: of threads that are gone it would stay for good, and who works
    /// on keeps some again at once.
    /// </summary>
    public void Open()
    {
        foreach (TPart part in _parts)
        {
            part.GiveBack(closes: false);
        }

        Own.Open();
        Volatile.Write(ref _openCount, _openCount + 1);
    }

    /// <summary>Closes all: whoever finds the order as it is, or no room, must find all there is.</summary>
    /// <param name="meetings">How often threads have met so far.</param>
    public void Close(uint meetings)
    {
        if (_openCount == 0)
        {
            return;
        }

        foreach (TPart part in _parts)
        {
            part.GiveBack(closes: true);
        }

        Volatile.Write(ref _openCount, 0);
        _meetingsAtClose = meetings;
    }

    /// <summary>Closes all, and none is opened again.</summary>
    /// <param name="meetings">How often threads have met so far.</param>
    public void CloseForGood(uint meetings)
    {
        _mayOpen = false;
        Close(meetings);
    }

    /// <summary>The most that was ever in use, now that something was taken.</summary>
    /// <param name="takenBytes">What is taken, what is kept included.</param>
    /// <param name="peakBytes">The most so far.</param>
    public ulong PeakOf(ulong takenBytes, ulong peakBytes)
    {
        if (_openCount != 0)
        {
            Interlocked.MemoryBarrier();
        }

        return Math.Max(peakBytes, takenBytes - KeptBytes);
    }

    /// <summary>
    /// Whether who took something from its own part must look, with the lock, if more is in use than ever was. Lock: none. Either it
    /// sees who takes more at the same moment, or that one sees that less is kept: both have a full fence between their two steps.
    /// </summary>
    /// <param name="takenBytes">What is taken, what is kept included.</param>
    /// <param name="peakBytes">The most so far.</param>
    public bool MayBePeak(ulong takenBytes, ulong peakBytes) => takenBytes > peakBytes && takenBytes - KeptBytes > peakBytes;
}
