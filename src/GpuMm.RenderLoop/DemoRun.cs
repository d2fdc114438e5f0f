using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;

namespace GpuMm.RenderLoop;

/// <summary>
/// A camera flies through a scene; each frame's textures are loaded through user mappings, brought into video memory,
/// evicted and faulted back.
/// </summary>
/// <remarks>One thread. In the steady state a frame allocates no managed memory.</remarks>
public sealed class DemoRun : IDisposable
{
    // Loading goes on over several frames, nearest first, so that arriving somewhere does not stop the picture.
    private const ulong LoadBytesPerFrame = 8ul << 20;

    // The CPU changes this many pages of one texture per frame (an animated texture, a light map) and looks at one page.
    private const int UpdatePages = 16;

    private readonly DemoOptions _options;
    private readonly Scene _scene;
    private readonly VirtualClock _clock = new();
    private readonly SimulatedDriver _driver;
    private readonly GpuDevice _device;
    private readonly SubmissionQueue _queue;
    private readonly TextureStore _textures;
    private readonly FrameTimes _frameTimes;
    private readonly Prng _prng;
    private readonly double[] _squaredMetres;
    private readonly double[] _keys;
    private readonly int[] _visible;
    private readonly TextureUse[] _uses;
    private Fence _previousFrame;
    private Fence _frameBeforeThat;
    private SimTime _lastShown;
    private ulong _readBackChecksum;

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

        _scene = scene;
        _options = options;
        _driver = new SimulatedDriver(options.Machine, _clock);
        _device = new GpuDevice(
            new GpuDeviceOptions
            {
                VramBytes = options.VramBytes,
                VisibleVramBytes = Math.Min(options.VramBytes, options.Machine.BarBytes),
                ApertureBytes = options.ApertureBytes,
                SystemBytes = Pages.Bytes(Pages.Count(scene.TotalBytes * 2)),
                VramAllocator = options.Allocator,
                Backing = options.Backing,
            },
            _driver);
        _queue = new SubmissionQueue(_driver);
        _textures = new TextureStore(_device, _device.CreateAddressSpace(), scene);
        _frameTimes = new FrameTimes(options.Frames);
        _prng = new Prng(options.Seed);
        _squaredMetres = new double[scene.MaterialCount];
        _keys = new double[scene.Textures.Count];
        _visible = new int[scene.Textures.Count];
        _uses = new TextureUse[scene.Textures.Count];
    }

    /// <summary>Frames drawn.</summary>
    public int Frame => _frameTimes.Count;

    /// <summary>Textures loaded so far.</summary>
    public int TexturesLoaded => _textures.LoadedCount;

    /// <summary>The device, for checks and dumps.</summary>
    public GpuDevice Device => _device;

    /// <summary>Draws every frame and proves the contents.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="options">The options.</param>
    /// <param name="progress">Called after each frame, or null.</param>
    /// <exception cref="DemoFailedException">Memory ran out, a byte was wrong, or an invariant was broken.</exception>
    public static DemoSummary Run(Scene scene, DemoOptions options, Action<DemoProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        using DemoRun run = new(scene, options);
        while (run.Frame < options.Frames)
        {
            run.DrawFrame();
            progress?.Invoke(run.Progress());
        }

        return run.Finish();
    }

    /// <summary>Draws one frame.</summary>
    public void DrawFrame()
    {
        // Double buffering: the CPU may be one frame ahead of the GPU.
        _driver.WaitFence(_frameBeforeThat);
        _clock.Advance(_driver.Profile.FrameCpuNs);
        _scene.Look(_scene.Path.At(Frame * _scene.Description.MetresPerFrame), _squaredMetres);
        int visibleCount = FindVisible();
        LoadNearest(visibleCount);
        TouchSome(visibleCount);
        int useCount = CollectUses(visibleCount);
        MmStatus status = _queue.Submit(_uses.AsSpan(0, useCount), _driver.Profile.FrameGpuNs, out Fence frame);
        if (status != MmStatus.Ok)
        {
            throw new DemoFailedException($"Frame {Frame}: bringing its textures to the GPU answered {status}.");
        }

        SimTime shown = _driver.CompletionOf(frame);
        _frameTimes.Add(shown - _lastShown);
        _lastShown = shown;
        _frameBeforeThat = _previousFrame;
        _previousFrame = frame;
    }

    /// <summary>How far the run is.</summary>
    public DemoProgress Progress()
    {
        ulong aperture = _device.Manager(MemoryDomain.Gtt).UsedBytes;
        ulong pages = _device.SystemPagesUsedBytes;
        return new DemoProgress(
            Frame,
            _frameTimes.Last,
            _device.Manager(MemoryDomain.Vram).UsedBytes,
            aperture,
            pages > aperture ? pages - aperture : 0,
            Moved(MemoryDomain.Gtt, MemoryDomain.Vram) + Moved(MemoryDomain.Vram, MemoryDomain.Gtt),
            _device.Statistics.Evictions,
            _device.Statistics.Faults);
    }

    /// <summary>Reads every texture back through its mapping, checks every invariant, and sums up.</summary>
    /// <exception cref="DemoFailedException">A byte was wrong, or an invariant was broken.</exception>
    public DemoSummary Finish()
    {
        DeviceStatistics statistics = _device.Statistics;
        DemoSummary summary = new()
        {
            VramBytes = _options.VramBytes,
            Frames = Frame,
            SimulatedNs = _lastShown.Nanoseconds,
            FrameP50Ns = _frameTimes.Percentile(50).Nanoseconds,
            FrameP95Ns = _frameTimes.Percentile(95).Nanoseconds,
            FrameP99Ns = _frameTimes.Percentile(99).Nanoseconds,
            FrameMaxNs = _frameTimes.Longest.Nanoseconds,
            StutterFrames = _frameTimes.StutterCount,
            ToVramBytes = Moved(MemoryDomain.Gtt, MemoryDomain.Vram),
            FromVramBytes = Moved(MemoryDomain.Vram, MemoryDomain.Gtt),
            CpuWrittenBytes = _textures.WrittenBytes,
            LinkReadBytes = _queue.LinkReadBytes,
            Faults = statistics.Faults,
            FaultRetries = statistics.FaultRetries,
            Evictions = statistics.Evictions,
            ZappedPtes = statistics.ZappedPtes,
            VramPeakBytes = _device.Manager(MemoryDomain.Vram).PeakBytes,
            Jobs = _queue.JobCount,
            TexturesLoaded = _textures.LoadedCount,
            TexturesTotal = _scene.Textures.Count,
            VerifiedBytes = _textures.LoadedBytes,
            Checksum = VerifyAll(),
        };
        ValidationReport problems = _device.Validate();
        return problems.Count == 0 ? summary : throw new DemoFailedException("An invariant is broken: " + problems[0]);
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    private int FindVisible()
    {
        int count = 0;
        for (int i = 0; i < _scene.Textures.Count; i++)
        {
            double squared = _squaredMetres[_scene.Textures[i].MaterialIndex];
            if (!double.IsPositiveInfinity(squared))
            {
                _keys[count] = squared;
                _visible[count++] = i;
            }
        }

        _keys.AsSpan(0, count).Sort(_visible.AsSpan(0, count));
        return count;
    }

    private void LoadNearest(int visibleCount)
    {
        ulong loadedBytes = 0;
        for (int i = 0; i < visibleCount && loadedBytes < LoadBytesPerFrame; i++)
        {
            int texture = _visible[i];
            if (_textures.ObjectOf(texture) is null)
            {
                _textures.Load(texture);
                loadedBytes += _scene.Textures[texture].SizeBytes;
            }
        }
    }

    private void TouchSome(int visibleCount)
    {
        if (visibleCount == 0)
        {
            return;
        }

        int changed = _visible[_prng.Below((uint)visibleCount)];
        int seen = _visible[_prng.Below((uint)visibleCount)];
        if (_textures.ObjectOf(changed) is not null)
        {
            int pages = _textures.PageCount(changed);
            int first = (int)_prng.Below((uint)pages);
            _textures.Update(changed, first, Math.Min(UpdatePages, pages - first));
        }

        if (_textures.ObjectOf(seen) is not null)
        {
            _textures.Verify(seen, (int)_prng.Below((uint)_textures.PageCount(seen)), 1, ref _readBackChecksum);
        }
    }

    private int CollectUses(int visibleCount)
    {
        int count = 0;
        for (int i = 0; i < visibleCount; i++)
        {
            int texture = _visible[i];
            if (_textures.ObjectOf(texture) is { } loaded)
            {
                // Twice as far away it covers a quarter of the picture; within 2 m all of it is read.
                double share = Math.Min(1, 4 / _keys[i]);
                _uses[count++] = new TextureUse(loaded, (ulong)(loaded.SizeBytes * share));
            }
        }

        return count;
    }

    private ulong VerifyAll()
    {
        ulong checksum = 0;
        for (int i = 0; i < _scene.Textures.Count; i++)
        {
            if (_textures.ObjectOf(i) is not null)
            {
                _textures.Verify(i, 0, _textures.PageCount(i), ref checksum);
            }
        }

        return checksum;
    }

    private long Moved(MemoryDomain from, MemoryDomain to) => _device.Statistics.MoveBytes(from, to);
}
