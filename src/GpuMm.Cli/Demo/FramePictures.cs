using System;
using System.Globalization;
using System.IO;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Pictures;

namespace GpuMm.Cli.Demo;

/// <summary><c>--render</c>: writes a picture every so many frames.</summary>
internal sealed class FramePictures : IDisposable
{
    private readonly ScenePicture _picture;
    private readonly int _every;

    public FramePictures(Scene scene, DemoOptions options, string folder, int every)
    {
        _picture = new ScenePicture(scene, options);
        _every = every;
        Folder = Directory.CreateDirectory(folder).FullName;
    }

    /// <summary>Where they are.</summary>
    public string Folder { get; }

    /// <summary>Pictures written.</summary>
    public int Count { get; private set; }

    public void AfterFrame(DemoRun run)
    {
        if (run.Frame % _every != 0)
        {
            return;
        }

        _picture.Draw(run.Look());
        string path = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"frame-{run.Frame:000000}.png"));
        using FileStream file = File.Create(path);
        _picture.WritePng(file);
        Count++;
    }

    public void Dispose()
    {
    }
}
