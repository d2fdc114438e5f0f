using System;
using GpuMm.Primitives;

namespace GpuMm.RenderLoop.Frames;

/// <summary>The screen: a chain of images that are drawn, shown in order, and drawn again.</summary>
/// <remarks>
/// Without vertical sync a frame is shown when its last job ends. With it, at the first beat of the screen that is not
/// before that end, and one frame per beat at most. An image is free again when its successor is shown: with two images
/// a late frame therefore costs a whole beat (the classic fall from 60 to 30 per second), with three the GPU draws on.
/// </remarks>
public sealed class Display
{
    /// <summary>Most images in the chain.</summary>
    public const int MaxImages = 3;

    private readonly SimTime[] _shown; // By frame, modulo the images.
    private readonly long _beatNs;
    private long _frames;

    /// <summary>A dark screen.</summary>
    /// <param name="images">2 (double buffering) or 3 (triple buffering).</param>
    /// <param name="beatNs">Time between two beats of the screen, ns; 0 shows each frame when it is done.</param>
    public Display(int images, long beatNs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(images, MaxImages);
        ArgumentOutOfRangeException.ThrowIfNegative(beatNs);
        _shown = new SimTime[images];
        _beatNs = beatNs;
    }

    /// <summary>Frames shown so far.</summary>
    public long FrameCount => _frames;

    /// <summary>When the latest frame was shown; 0 before the first.</summary>
    public SimTime LastShown => _frames == 0 ? SimTime.Zero : _shown[(_frames - 1) % _shown.Length];

    /// <summary>Whether frames are shown on the beat of the screen.</summary>
    public bool HasBeat => _beatNs > 0;

    /// <summary>From when on a frame may be drawn: its image is no longer shown.</summary>
    /// <param name="frame">Its number; the frame that took its image from the screen was shown already.</param>
    /// <returns>When that was; 0 while there are images that nobody has drawn into.</returns>
    public SimTime ImageFree(long frame)
    {
        // Frame n draws into image n mod N, which held frame n - N until frame n - N + 1 replaced it.
        long successor = frame - _shown.Length + 1;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(successor, Math.Max(_frames, 1), nameof(frame));
        return successor < 0 ? SimTime.Zero : _shown[successor % _shown.Length];
    }

    /// <summary>Shows the next frame.</summary>
    /// <param name="done">When its last job ends.</param>
    /// <returns>When it is seen; never before <paramref name="done"/>, never before the frame before it.</returns>
    public SimTime Show(SimTime done)
    {
        SimTime shown = SimTime.Max(done, LastShown);
        if (_beatNs > 0)
        {
            long beat = (shown.Nanoseconds + _beatNs - 1) / _beatNs;
            if (_frames > 0 && beat * _beatNs <= LastShown.Nanoseconds)
            {
                beat++;
            }

            shown = new SimTime(beat * _beatNs);
        }

        _shown[_frames % _shown.Length] = shown;
        _frames++;
        return shown;
    }
}
