using System;

namespace GpuMm.RenderLoop.Frames;

/// <summary>Finds objects that go back and forth, and runs that do little else.</summary>
/// <remarks>
/// An object ping-pongs when it returns to video memory within a second (60 frames) of leaving it. A second of a run is
/// thrashing when at least half of what came into video memory had left it within the second before, and that was at
/// least an eighth of video memory. No allocation once its arrays have grown.
/// </remarks>
internal sealed class PingPong(ulong vramBytes)
{
    /// <summary>Frames of a window.</summary>
    public const int WindowFrames = 60;

    private long[] _leftFrame = new long[256]; // By object: the frame in which it left, plus 1; 0 for never.
    private long _frame;
    private ulong _windowIn;
    private ulong _windowBack;

    /// <summary>Bytes that came back within a window.</summary>
    public ulong Bytes { get; private set; }

    /// <summary>Times that an object came back within a window.</summary>
    public long Count { get; private set; }

    /// <summary>Windows that were thrashing.</summary>
    public int ThrashWindows { get; private set; }

    public void Left(ulong objectId)
    {
        if (objectId >= (ulong)_leftFrame.Length)
        {
            Array.Resize(ref _leftFrame, (int)Math.Max((ulong)_leftFrame.Length * 2, objectId + 1));
        }

        _leftFrame[objectId] = _frame + 1;
    }

    public void Entered(ulong objectId, ulong sizeBytes)
    {
        _windowIn += sizeBytes;
        if (objectId < (ulong)_leftFrame.Length && _leftFrame[objectId] != 0 && _frame + 1 - _leftFrame[objectId] <= WindowFrames)
        {
            Bytes += sizeBytes;
            Count++;
            _windowBack += sizeBytes;
        }
    }

    public void EndFrame()
    {
        _frame++;
        if (_frame % WindowFrames == 0)
        {
            ThrashWindows += _windowBack >= vramBytes / 8 && _windowBack * 2 >= _windowIn ? 1 : 0;
            _windowIn = 0;
            _windowBack = 0;
        }
    }
}
