namespace GpuMm.RenderLoop.Workloads;

/// <summary>What a program shows until everything in sight at the start is loaded; its frames do not count as stutters.</summary>
internal sealed class LoadingScreen(GameClient game)
{
    /// <summary>A loading screen shows a picture now and then and loads as fast as it can: most bytes between two pictures.</summary>
    public const ulong LoadBytes = 64ul << 20;

    /// <summary>What drawing it takes, ns on the render engine.</summary>
    public const long GpuNs = 500_000;

    private bool _isOver;

    /// <summary>Loads, and shows the screen, while there is something to load.</summary>
    /// <param name="loop">The loop; its frame has begun.</param>
    /// <returns>False when the program draws this frame and all that follow.</returns>
    public bool Show(FrameLoop loop)
    {
        if (_isOver)
        {
            return false;
        }

        long before = game.Store.StreamedBytes;
        game.Prepare(game.Scene.Path.At(loop.Frame * game.Scene.Description.MetresPerFrame), LoadBytes);
        bool hasLoaded = game.Store.StreamedBytes > before;
        loop.Present(game.Uses, hasLoaded ? GpuNs : loop.FrameGpuNs, isCounted: !hasLoaded);
        _isOver = !hasLoaded;
        return true;
    }
}
