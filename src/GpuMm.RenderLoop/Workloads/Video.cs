using System.Collections.Generic;
using GpuMm.Simulation;

namespace GpuMm.RenderLoop.Workloads;

/// <summary>The flight, with a film decoded and shown beside it.</summary>
internal sealed class Video(GameClient game, Film film) : IWorkload
{
    private readonly LoadingScreen _screen = new(game);
    private TextureUse[] _uses = [];

    public IReadOnlyList<GameClient> Clients { get; } = [game];

    public void DrawFrame(FrameLoop loop)
    {
        loop.Begin();
        if (_screen.Show(loop))
        {
            return;
        }

        film.Advance(loop);
        game.Prepare(game.Scene.Path.At(loop.Frame * game.Scene.Description.MetresPerFrame), FlyThrough.LoadBytesPerFrame(game.Scene));
        int count = game.Uses.Length;
        if (_uses.Length < count + 1)
        {
            _uses = new TextureUse[(count + 1) * 2];
        }

        game.Uses.CopyTo(_uses);
        if (film.Shown is { } picture)
        {
            _uses[count++] = picture;
        }

        loop.Present(System.MemoryExtensions.AsSpan(_uses, 0, count), loop.FrameGpuNs);
    }

    public WorkloadFindings? Findings(FrameLoop loop)
    {
        film.Judge();
        return new WorkloadFindings { PicturesShown = film.InTime, PicturesLate = film.Late };
    }
}
