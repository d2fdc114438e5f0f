using System.Collections.Generic;

namespace GpuMm.RenderLoop.Workloads;

/// <summary>Two levels share the scene's materials. The second replaces the first half-way, behind a loading screen.</summary>
internal sealed class LevelLoad : IWorkload
{
    private readonly GameClient _game;
    private readonly int _changeFrame;
    private bool _isLoading = true;
    private int _firstScreen;
    private int _endScreen;
    private long _bytesBefore;
    private long _bytesAfter;

    public LevelLoad(GameClient game, int frames)
    {
        _game = game;
        _game.LevelCount = 2;
        _changeFrame = frames / 2;
        Clients = [game];
    }

    public IReadOnlyList<GameClient> Clients { get; }

    public void DrawFrame(FrameLoop loop)
    {
        loop.Begin();
        if (!_isLoading && loop.Frame >= _changeFrame && _game.Level == 0)
        {
            _game.Level = 1;
            _game.DropOtherLevels();
            _isLoading = true;
            _firstScreen = loop.Frame;
            _bytesBefore = _game.Store.StreamedBytes;
        }

        if (_isLoading && _game.LoadMore(LoadingScreen.LoadBytes))
        {
            loop.Present(_game.Uses, LoadingScreen.GpuNs, isCounted: false);
            _endScreen = loop.Frame;
            _bytesAfter = _game.Store.StreamedBytes;
            return;
        }

        _isLoading = false;
        _game.Prepare(_game.Scene.Path.At(loop.Frame * _game.Scene.Description.MetresPerFrame), FlyThrough.LoadBytesPerFrame(_game.Scene));
        loop.Present(_game.Uses, loop.FrameGpuNs);
    }

    public WorkloadFindings? Findings(FrameLoop loop) => _game.Level == 0
        ? null
        : new WorkloadFindings
        {
            FirstFrame = _firstScreen,
            EndFrame = _endScreen,
            DurationNs = loop.Book.Sum(_firstScreen, _endScreen),
            LoadedBytes = _bytesAfter - _bytesBefore,
        };
}
