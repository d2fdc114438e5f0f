using System;
using System.Globalization;
using System.IO;
using GpuMm.Objects;
using GpuMm.RenderLoop;
using GpuMm.Traces.Format;
using GpuMm.Traces.Recording;

namespace GpuMm.Cli.Demo;

/// <summary><c>gpumm demo --record</c>: every event of the run's device; the reruns of the what-if are not recorded.</summary>
internal sealed class DemoRecording : IDisposable
{
    private readonly string _path;
    private DeviceRecorder? _recorder;

    private DemoRecording(string path)
    {
        _path = path;
    }

    /// <summary>Prepares a recording; null when none is wanted.</summary>
    public static DemoRecording? Create(string? path, ref DemoOptions options)
    {
        if (path is null)
        {
            return null;
        }

        DemoRecording recording = new(path);
        string machine = options.Machine.Name;
        options = options with { OnDevice = device => recording.Start(device, machine) };
        return recording;
    }

    public void Complete()
    {
        if (_recorder is not null)
        {
            _recorder.Complete();
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"gpumm: {_recorder.EventCount} events recorded: {_path}"));
        }
    }

    public void Dispose() => _recorder?.Dispose();

    private void Start(GpuDevice device, string machine)
    {
        if (_recorder is null)
        {
            FileStream stream = new(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1);
            _recorder = new DeviceRecorder(device, new GmmtWriter(stream, _path, DeviceRecorder.Describe(device.Options, machine)));
        }
    }
}
