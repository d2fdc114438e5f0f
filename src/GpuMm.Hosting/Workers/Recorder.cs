using System;
using System.IO;
using GpuMm.Hosting.Machine;
using GpuMm.Objects;
using GpuMm.Traces.Format;
using GpuMm.Traces.Recording;

namespace GpuMm.Hosting.Workers;

/// <summary>
/// Records everything that happens on a device into a trace file, and dies when the disk fails: so health turns red rather
/// than the recording ending unseen.
/// </summary>
/// <remarks>Made before the first address space, for it hears CPU accesses too. The file has an end once it is disposed of.</remarks>
public sealed class Recorder : GpuWorker, IDisposable
{
    private readonly DeviceRecorder _recorder;

    /// <summary>Begins to record into the file that the device's options name.</summary>
    /// <param name="gpu">The device.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public Recorder(SimulatedGpu gpu)
        : base(gpu, "recorder", TimeSpan.FromSeconds(1))
    {
        string path = gpu.Options.RecordTo ?? throw new ArgumentException("The options name no file to record to.", nameof(gpu));
        GpuDevice device = gpu.Device;
        GmmtWriter writer = new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read), path, DeviceRecorder.Describe(device.Options, gpu.Machine.Name));
        _recorder = new DeviceRecorder(device, writer);
    }

    /// <summary>Events recorded.</summary>
    public long EventCount => _recorder.EventCount;

    /// <inheritdoc/>
    /// <exception cref="IOException">The disk failed; nothing is recorded any more.</exception>
    public override bool RunOnce() => _recorder.Failure is { } failure
        ? throw new IOException($"Recording into {Gpu.Options.RecordTo} stopped: {failure.Message}", failure)
        : false;

    /// <summary>Stops recording and writes the end of the file.</summary>
    public void Dispose()
    {
        if (_recorder.Failure is null)
        {
            _recorder.Complete();
        }

        _recorder.Dispose();
    }
}
