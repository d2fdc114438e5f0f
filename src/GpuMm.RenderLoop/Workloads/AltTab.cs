using System;
using System.Collections.Generic;

namespace GpuMm.RenderLoop.Workloads;

/// <summary>
/// From a third of the run on, for a sixth of it, a second client has the screen and brings as much memory as the first;
/// the first draws one frame in ten, unseen. Then the second goes away and the first comes back.
/// </summary>
internal sealed class AltTab : IWorkload
{
    // Whoever starts loads as fast as he can.
    private const ulong LoadBytesPerFrame = 48ul << 20;
    private const int BackgroundEvery = 10;
    private const int CalmFrames = 30;
    private const int BeforeFrames = 60;

    private readonly LoadingScreen _screen;
    private readonly GameClient _game;
    private readonly GameClient _other;
    private readonly int _firstFrame;
    private readonly int _endFrame;
    private bool _isGone;

    public AltTab(GameClient game, GameClient other, int frames)
    {
        _screen = new LoadingScreen(game);
        _game = game;
        _other = other;
        _firstFrame = frames / 3;
        _endFrame = _firstFrame + Math.Max(1, frames / 6);
        Clients = [game, other];
    }

    public IReadOnlyList<GameClient> Clients { get; }

    public void DrawFrame(FrameLoop loop)
    {
        loop.Begin();
        if (loop.Frame < _firstFrame && _screen.Show(loop))
        {
            return;
        }

        int frame = loop.Frame;
        bool isPulse = frame >= _firstFrame && frame < _endFrame;
        GameClient front = isPulse ? _other : _game;
        double metres = frame * front.Scene.Description.MetresPerFrame;
        if (frame == _endFrame)
        {
            _other.DropAll();
            _isGone = true;
        }

        if (isPulse && (frame - _firstFrame) % BackgroundEvery == 0)
        {
            _game.Prepare(_game.Scene.Path.At(metres), 0);
            loop.Background(_game.Uses, loop.FrameGpuNs / 4, _game.Id);
        }

        front.Prepare(front.Scene.Path.At(metres), isPulse ? LoadBytesPerFrame : FlyThrough.LoadBytesPerFrame(_game.Scene));
        loop.Present(front.Uses, loop.FrameGpuNs, front.Id);
    }

    public WorkloadFindings? Findings(FrameLoop loop)
    {
        if (!_isGone)
        {
            return null;
        }

        long baseline = loop.Book.StutterLimitNs;
        for (int i = Math.Max(0, _firstFrame - BeforeFrames); i < _firstFrame; i++)
        {
            baseline = Math.Max(baseline, loop.Book.FrameNs(i));
        }

        int calm = 0;
        int recovered = -1;
        for (int i = _endFrame; i < loop.Book.Count && recovered < 0; i++)
        {
            calm = loop.Book.FrameNs(i) <= baseline ? calm + 1 : 0;
            recovered = calm == CalmFrames ? i - CalmFrames + 1 : -1;
        }

        return new WorkloadFindings
        {
            FirstFrame = _firstFrame,
            EndFrame = _endFrame,
            DurationNs = loop.Book.Sum(_firstFrame, _endFrame),
            LoadedBytes = _other.Store.StreamedBytes,
            BaselineNs = baseline,
            RecoveryFrames = recovered < 0 ? -1 : recovered - _endFrame,
            RecoveryNs = recovered < 0 ? -1 : loop.Book.Sum(_endFrame, recovered),
        };
    }
}
