using System;
using System.Collections.Generic;

namespace GpuMm.RenderLoop.Workloads;

/// <summary>The camera walks on; textures load when they come into view. What is in view first loads behind a loading screen.</summary>
internal sealed class FlyThrough(GameClient game) : IWorkload
{
    private readonly LoadingScreen _screen = new(game);

    public IReadOnlyList<GameClient> Clients { get; } = [game];

    // Loading goes on over several frames, nearest first, so that arriving somewhere does not stop the picture. A scene of
    // several copies brings as many times the textures and a faster disk, up to 24 MiB per frame (1.4 GiB per second).
    public static ulong LoadBytesPerFrame(Scene scene) => (8ul << 20) * (ulong)Math.Min(scene.Scale, 3);

    public void DrawFrame(FrameLoop loop)
    {
        loop.Begin();
        if (_screen.Show(loop))
        {
            return;
        }

        game.Prepare(game.Scene.Path.At(loop.Frame * game.Scene.Description.MetresPerFrame), LoadBytesPerFrame(game.Scene));
        loop.Present(game.Uses, loop.FrameGpuNs);
    }
}
