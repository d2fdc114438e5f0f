using System;
using System.Collections.Generic;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.RenderLoop.Frames;
using GpuMm.RenderLoop.Pictures;
using GpuMm.RenderLoop.Streaming;
using GpuMm.RenderLoop.Workloads;
using GpuMm.Simulation;

namespace GpuMm.RenderLoop;

/// <summary>
/// A workload draws frame after frame: textures are loaded, brought into video memory, evicted and faulted back; each
/// nanosecond of each frame is booked on its cause.
/// </summary>
/// <remarks>One thread. In the steady state a frame allocates no managed memory.</remarks>
public sealed partial class DemoRun : IDisposable
{
    private const ulong StagingBytes = 16ul << 20;

    private readonly DemoOptions _options;
    private readonly AccountingDriver _driver;
    private readonly GpuDevice _device;
    private readonly NameTable _names = new();
    private readonly MipStreamer? _streamer;
    private readonly IWorkload _workload;
    private readonly FrameLoop _loop;

    /// <summary>Sets a run up; nothing is loaded yet.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="options">The options; <see cref="DemoOptions.Problem"/> must be null.</param>
    public DemoRun(Scene scene, DemoOptions options)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problem(scene) is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        _options = options;
        VirtualClock clock = new();
        SimulatedDriver simulated = options.DriverFactory?.Invoke(options.Machine, clock) ?? new SimulatedDriver(options.Machine, clock);
        FrameLedger ledger = new();
        PingPong pingPong = new(options.VramBytes);
        _driver = new AccountingDriver(simulated, ledger, pingPong);
        _device = new GpuDevice(DeviceOptions(scene, options), _driver);
        options.OnDevice?.Invoke(_device);
        options.OnDeviceReady?.Invoke(_device);
        _loop = new FrameLoop(_driver, _device, ledger, options, pingPong);
        _streamer = options.StreamBudgetBytes is { } budget ? new MipStreamer(scene, budget) : null;
        _workload = CreateWorkload(scene, options);
    }

    /// <summary>Frames submitted; the last few may not be shown yet.</summary>
    public int Frame => _loop.Frame;

    /// <summary>True when all frames are drawn, or a recording is over.</summary>
    public bool IsOver => Frame >= _options.Frames || _workload.IsOver;

    /// <summary>Textures loaded just now.</summary>
    public int TexturesLoaded => _workload.Clients.Count == 0 ? 0 : _workload.Clients[0].Store.LoadedCount;

    /// <summary>The device, for checks and dumps.</summary>
    public GpuDevice Device => _device;

    /// <summary>Every frame that was shown so far.</summary>
    public FrameBook Book => _loop.Book;

    /// <summary>Draws every frame and proves the contents.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="options">The options.</param>
    /// <param name="progress">Called after each frame, or null.</param>
    /// <exception cref="DemoFailedException">Memory ran out, a byte was wrong, or an invariant was broken.</exception>
    public static DemoReport Run(Scene scene, DemoOptions options, Action<DemoProgress>? progress = null)
    {
        using DemoRun run = new(scene, options);
        while (!run.IsOver)
        {
            run.DrawFrame();
            progress?.Invoke(run.Progress());
        }

        return run.Finish();
    }

    /// <summary>Draws one frame.</summary>
    public void DrawFrame() => _workload.DrawFrame(_loop);

    /// <summary>How far the run is.</summary>
    public DemoProgress Progress()
    {
        ulong aperture = _device.Manager(MemoryDomain.Gtt).UsedBytes;
        ulong pages = _device.SystemPagesUsedBytes;
        return new DemoProgress(
            Frame,
            new SimTime(LastFrameNs),
            _device.Manager(MemoryDomain.Vram).UsedBytes,
            aperture,
            pages > aperture ? pages - aperture : 0,
            Moved(MemoryDomain.Gtt, MemoryDomain.Vram) + Moved(MemoryDomain.Vram, MemoryDomain.Gtt),
            _device.Statistics.Evictions,
            _device.Statistics.Faults);
    }

    /// <summary>What there is to see now: the camera, and where each texture of the game lives. Allocates.</summary>
    public SceneLook Look()
    {
        List<TexturePlace> parts = [];
        Camera camera = default;
        if (_workload.Clients.Count > 0)
        {
            GameClient game = _workload.Clients[0];
            camera = game.Camera;
            for (int i = 0; i < game.Store.Count; i++)
            {
                SceneTexture texture = game.Store[i];
                parts.Add(new TexturePlace(texture.MaterialIndex, texture.SizeBytes, game.Store.DomainOf(i)));
            }
        }

        return new SceneLook { Frame = Frame, FrameNs = LastFrameNs, Camera = camera, Parts = parts };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        (_workload as IDisposable)?.Dispose();
        _device.Dispose();
    }

    private long LastFrameNs => _loop.Book.Count == 0 ? 0 : _loop.Book.FrameNs(_loop.Book.Count - 1);

    private static GpuDeviceOptions DeviceOptions(Scene scene, DemoOptions options)
    {
        // Twice what can be alive: pages wait for copies out of them before they are free again.
        ulong aliveBytes = options.Recording?.Facts.PeakBytes ?? (scene.TotalBytes * (options.Workload == WorkloadKind.AltTab ? 2ul : 1ul));
        ulong streamedBytes = options.StreamBudgetBytes * 2 ?? 0;
        return new GpuDeviceOptions
        {
            VramBytes = options.VramBytes,
            VisibleVramBytes = options.VisibleVramBytes,
            ApertureBytes = options.ApertureBytes,
            SystemBytes = Pages.Bytes(Pages.Count((Math.Max(aliveBytes, 1ul << 20) * 2) + streamedBytes + StagingBytes)),
            VramAllocator = options.Allocator,
            EvictionPolicy = options.Policy,
            Backing = options.Backing,
        };
    }

    private IWorkload CreateWorkload(Scene scene, DemoOptions options)
    {
        AddressSpace space = _device.CreateAddressSpace();
        if (options.Recording is { } recording)
        {
            return new Replay(recording, space, _names);
        }

        StagingRing? staging = null;
        if (options.Upload == UploadPath.Staging)
        {
            // An eighth of a small aperture at most: what is pinned is in everybody's way.
            ulong ringBytes = Math.Min(StagingBytes, Pages.Bytes(Pages.Count(options.ApertureBytes / 8)));
            staging = new StagingRing(_device, _driver, space, ringBytes);
            _names.Set(staging.RingId, "staging");
        }

        IReadOnlyList<SceneTexture> textures = _streamer?.Textures ?? scene.Textures;
        GameClient game = new(0, "game", scene, new TextureStore(_device, _driver, textures, _names, staging, space), _streamer, options.Seed);
        return options.Workload switch
        {
            WorkloadKind.FlyThrough => new FlyThrough(game),
            WorkloadKind.LevelLoad => new LevelLoad(game, options.Frames),
            WorkloadKind.AltTab => new AltTab(game, OtherClient(scene, options), options.Frames),
            WorkloadKind.Thrash => new Thrash(game, options.VramBytes),
            WorkloadKind.Video => new Video(game, new Film(_device, _driver, _names, _device.CreateAddressSpace())),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Workload, "No such workload."),
        };
    }

    // The same list under another seed: another program, as hungry as the first.
    private GameClient OtherClient(Scene scene, DemoOptions options)
    {
        ulong seed = options.Seed + 1_000_003;
        Scene other = SceneLoader.Load(scene.Description, seed, scene.Scale);
        TextureStore store = new(_device, _driver, other.Textures, _names, staging: null, _device.CreateAddressSpace());
        return new GameClient(1, "other", other, store, streamer: null, seed);
    }
}
