using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Fences;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Primitives;

namespace GpuMm.Dashboard.Workloads;

/// <summary>
/// Three clients that share a device: a compositor with pinned scan-out buffers, a game whose camera moves through more
/// textures than fit, and a browser that makes and drops images and lets unused ones be purged.
/// </summary>
internal sealed class DemoWorkload : IDisposable
{
    private const int ScanOutCount = 3;
    private const int MaxBrowserImages = 48;

    private readonly SimulatedGpu _gpu;
    private readonly WorkloadRun _run;
    private readonly Prng _random;
    private readonly List<GpuSession> _sessions = [];
    private readonly List<(uint Handle, ulong SizeBytes)> _textures = [];
    private readonly List<uint> _images = [];
    private readonly List<uint> _scanOut = [];
    private readonly byte[] _page = new byte[4096];
    private Fence _previous;
    private Fence _beforePrevious;
    private double _camera;

    private DemoWorkload(SimulatedGpu gpu, WorkloadRequest request, WorkloadRun run)
    {
        _gpu = gpu;
        _run = run;
        _random = new Prng(request.Seed);
        try
        {
            Open("compositor", request.Group);
            Open("game", request.Group);
            Open("browser", request.Group);
            CreateAll((ulong)(gpu.Options.Vram.Bytes * request.Oversubscription));
        }
        catch
        {
            Dispose(); // Its clients have no lease: nobody else would ever release them.
            throw;
        }
    }

    private GpuSession Compositor => _sessions[0];

    private GpuSession Game => _sessions[1];

    private GpuSession Browser => _sessions[2];

    public static async Task RunAsync(SimulatedGpu gpu, WorkloadRequest request, WorkloadRun run)
    {
        using DemoWorkload demo = new(gpu, request, run);
        using System.Threading.PeriodicTimer timer = new(TimeSpan.FromSeconds(1 / request.FramesPerSecond), gpu.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(run.Stopping).ConfigureAwait(false))
            {
                demo.Frame();
            }
        }
        catch (OperationCanceledException)
        {
            // Somebody stopped it.
        }
    }

    public void Dispose()
    {
        foreach (GpuSession session in _sessions)
        {
            session.Dispose();
        }
    }

    private void Open(string name, string? group)
    {
        Check(_gpu.TryOpenSession(name, default, out GpuSession? opened, group));
        _sessions.Add(opened!);
    }

    private void CreateAll(ulong textureBytes)
    {
        ulong frameBytes = Math.Min(1920ul * 1080 * 4, _gpu.Options.Vram.Bytes / 32);
        for (int i = 0; i < ScanOutCount; i++)
        {
            Check(Compositor.Create(new ObjectRequest(frameBytes, $"scan-out {i}", "vram-contiguous", Priority: 3), out uint handle));
            Check(Compositor.Pin(handle));
            _scanOut.Add(handle);
        }

        ulong largest = Math.Max(Pages.SizeBytes, _gpu.Options.Vram.Bytes / 32);
        ulong made = 0;
        while (made < textureBytes)
        {
            ulong sizeBytes = Math.Min(largest, 64ul << (10 + (int)_random.Below(7)));
            if (Game.Create(new ObjectRequest(sizeBytes, $"texture {_textures.Count}"), out uint handle) is not null)
            {
                return; // Aperture and system RAM are full too; what is there is enough to see.
            }

            _textures.Add((handle, sizeBytes));
            made += sizeBytes;
        }
    }

    private void Frame()
    {
        _gpu.Driver.Pump();
        if (!_beforePrevious.IsSignaled)
        {
            _run.CountSkipped();
            return;
        }

        _beforePrevious = _previous;
        _previous = DrawGame();
        Browse();
        uint scanOut = _scanOut[(int)(_run.View().Frames % ScanOutCount)];
        Check(Compositor.Submit([new SubmitUse(scanOut, IsWrite: true)], 300_000, out _));
        _run.CountFrame();
    }

    // A window of two thirds of what would fit, which wanders through the scene; now and then the camera jumps.
    private Fence DrawGame()
    {
        int visible = Math.Max(1, _textures.Count * 2 / 5);
        _camera = _random.Below(400) == 0 ? _random.NextDouble() * _textures.Count : _camera + (_textures.Count * 0.0008);
        List<SubmitUse> uses = new(visible / 4);
        int first = (int)_camera;
        for (int i = 0; i < visible; i++)
        {
            if (_random.Below(4) == 0)
            {
                (uint handle, ulong sizeBytes) = _textures[(first + i) % _textures.Count];
                uses.Add(new SubmitUse(handle, sizeBytes / 4));
            }
        }

        Check(Game.Submit(uses, 2_000_000, out Fence fence));
        if (_random.Below(4) == 0)
        {
            (uint handle, _) = _textures[(int)_random.Below((uint)_textures.Count)];
            Check(Game.WriteObject(handle, 0, _page));
        }

        return fence;
    }

    private void Browse()
    {
        if (_images.Count < MaxBrowserImages && _random.Below(3) == 0)
        {
            ulong sizeBytes = (1 + (ulong)_random.Below(16)) * 64 * 1024;
            if (Browser.Create(new ObjectRequest(sizeBytes, $"image {_random.Below(100000)}"), out uint handle) is null)
            {
                _images.Add(handle);
                if (_random.Below(3) == 0)
                {
                    Check(Browser.Advise(handle, isNeeded: false, out _));
                }
            }
        }

        if (_images.Count > 0 && (_images.Count == MaxBrowserImages || _random.Below(6) == 0))
        {
            int index = (int)_random.Below((uint)_images.Count);
            Check(Browser.Destroy(_images[index]));
            _images.RemoveAt(index);
        }
    }

    private static void Check(SessionError? error)
    {
        if (error is not null)
        {
            throw new InvalidOperationException(error.Message);
        }
    }
}
