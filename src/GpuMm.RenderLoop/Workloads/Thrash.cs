using System.Collections.Generic;

namespace GpuMm.RenderLoop.Workloads;

/// <summary>
/// Uses textures in a circle that is a fifth larger than video memory, all of it every 24 frames: with strict
/// least-recently-used order each one is evicted just before it is needed again.
/// </summary>
internal sealed class Thrash : IWorkload
{
    private const int FramesPerCircle = 24;

    private readonly GameClient _game;
    private readonly int _circle; // Textures in the circle: the first of the list.

    public Thrash(GameClient game, ulong vramBytes)
    {
        _game = game;
        ulong circleBytes = vramBytes + (vramBytes / 5);
        ulong sum = 0;
        while (_circle < game.Store.Count && sum < circleBytes)
        {
            sum += game.Store[_circle++].SizeBytes;
        }

        Clients = [game];
    }

    public IReadOnlyList<GameClient> Clients { get; }

    public void DrawFrame(FrameLoop loop)
    {
        loop.Begin();
        int step = loop.Frame % FramesPerCircle;
        int first = step * _circle / FramesPerCircle;
        int end = (step + 1) * _circle / FramesPerCircle;
        _game.PrepareRange(first, end - first);
        loop.Present(_game.Uses, loop.FrameGpuNs);
    }
}
