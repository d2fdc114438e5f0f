using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using GpuMm.Cli.Demo;
using GpuMm.Primitives;
using GpuMm.RenderLoop;
using GpuMm.Simulation;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Mirror;

namespace GpuMm.Cli.Vulkan;

/// <summary><c>gpumm demo --vulkan</c>: the run's moves on a real device, its pictures, and what came of it.</summary>
internal sealed class DemoMirror : IDisposable
{
    private readonly Scene _scene;
    private readonly MirrorOptions _options;
    private readonly string? _folder;
    private readonly int _every;
    private readonly DemoMirrorView _view;
    private MirrorDriver? _driver;
    private int _missingQuads;
    private int _quads;
    private volatile bool _isInterrupted;

    private DemoMirror(Scene scene, MirrorOptions options, string? folder, int every)
    {
        _scene = scene;
        _options = options;
        _folder = folder;
        _every = every;
        _view = new DemoMirrorView(scene);
        Console.CancelKeyPress += OnInterrupt;
    }

    /// <summary>Pictures that the device drew.</summary>
    public int PictureCount { get; private set; }

    /// <summary>What the mirror did; null before the end.</summary>
    public MirrorReport? Report { get; private set; }

    /// <summary>Says why the options cannot be; null when they can.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="isWhatIf">True when many runs are made of them.</param>
    public static string? Problem(ParseResult parsed, DemoOptions options, bool isWhatIf)
    {
        if (!parsed.GetValue(DemoMirrorOptions.Vulkan))
        {
            Option? lonely = DemoMirrorOptions.All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
            return lonely is null ? null : $"{lonely.Name}: that is for a run on a device; give --vulkan, too.";
        }

        return isWhatIf ? "--vulkan: a what-if makes many runs; give one value each of --vram, --link, --bar and --policy, and no --plot."
            : options.Upload == UploadPath.Staging ? "--vulkan: bytes that go through a staging buffer do not pass the mirror; give --upload mapping."
            : null;
    }

    /// <summary>Makes the mirror that the options ask for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="scene">The scene.</param>
    /// <returns>Null when nobody asks for one.</returns>
    public static DemoMirror? Create(ParseResult parsed, Scene scene)
    {
        if (!parsed.GetValue(DemoMirrorOptions.Vulkan))
        {
            return null;
        }

        MirrorOptions options = new()
        {
            DeviceIndex = parsed.GetValue(DemoMirrorOptions.Device),
            Timing = parsed.GetValue(DemoMirrorOptions.Timing),
            OnFailure = parsed.GetValue(DemoMirrorOptions.Failure),
            Validate = parsed.GetValue(DemoMirrorOptions.Validate),
        };
        string? folder = parsed.GetValue(DemoCliOptions.Render);
        return new DemoMirror(
            scene, options, folder is null ? null : Directory.CreateDirectory(folder).FullName, parsed.GetValue(DemoCliOptions.RenderEvery));
    }

    /// <summary>The options of a run that is mirrored; sizes are fitted to the device.</summary>
    /// <param name="options">Those of the run.</param>
    /// <param name="note">What was changed; null for nothing.</param>
    /// <exception cref="MirrorUnavailableException">There is no device, or the scene does not fit it.</exception>
    public DemoOptions Apply(DemoOptions options, out string? note)
    {
        note = null;
        _driver = new MirrorDriver(options.Machine, new VirtualClock(), _options);
        ulong vramLimit = _driver.VramLimitBytes;
        ulong totalLimit = _driver.TotalLimitBytes;
        VulkanDeviceInfo device = _driver.DeviceInfo;
        _driver.Dispose();
        _driver = null;
        if (_scene.TotalBytes > totalLimit)
        {
            throw new MirrorUnavailableException(
                $"{device.Name} has room for {ByteSize.Format(totalLimit)}, the scene's textures are {ByteSize.Format(_scene.TotalBytes)}; give a smaller --scene");
        }

        if (options.VramBytes > vramLimit)
        {
            note = $"--vram {ByteSize.Format(options.VramBytes)}: the device gives us {ByteSize.Format(vramLimit)}; the run takes that.";
            options = options with { VramBytes = vramLimit };
        }

        return options with
        {
            DriverFactory = (machine, clock) => _driver = new MirrorDriver(machine, clock, _options),
            OnDeviceReady = device => _driver!.Attach(device),
        };
    }

    /// <summary>Draws a picture if it is time for one.</summary>
    /// <exception cref="MirrorFailedException">A texture is stale.</exception>
    /// <exception cref="OperationCanceledException">Ctrl-C was pressed.</exception>
    public void AfterFrame(DemoRun run)
    {
        if (_isInterrupted)
        {
            throw new OperationCanceledException();
        }

        if (_folder is null || run.Frame % _every != 0 || _driver is not { IsMirroring: true } driver)
        {
            return;
        }

        IReadOnlyList<MirrorQuad> quads = _view.Quads(run.Look().Camera);
        if (driver.Draw(quads) is not { } picture)
        {
            return;
        }

        using (FileStream file = File.Create(Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"vulkan-{run.Frame:000000}.png"))))
        {
            picture.WritePng(file);
        }

        PictureCount++;
        _quads += picture.Quads;
        _missingQuads += picture.MissingQuads;
        if (picture.StalePixels > 0)
        {
            throw new MirrorFailedException($"frame {run.Frame}: {picture.StalePixels} pixels were drawn with stale bytes");
        }
    }

    /// <summary>Compares every texture, and sums up.</summary>
    /// <exception cref="MirrorFailedException">A texture is stale, or lies where the manager does not have it.</exception>
    public void Finish()
    {
        if ((_driver!.CheckAll() ?? _driver.Difference()) is { } problem)
        {
            throw new MirrorFailedException(problem);
        }

        Report = _driver.Report();
    }

    /// <summary>Says what came of it.</summary>
    public void Write(TextWriter output)
    {
        MirrorReport report = Report!;
        output.WriteLine();
        output.WriteLine($"Mirror        {report.Device}, {report.Driver}");
        output.WriteLine(Invariant(
            $"              {report.Moves:N0} moves on the device, {ByteSize.Format((ulong)report.MovedBytes)}; {report.Clears:N0} only cleared, {report.Rebinds:N0} are bookkeeping to the model; {ByteSize.Format((ulong)report.PassedOnBytes)} of CPU writes passed on"));
        foreach (MirrorDirectionReport way in report.Directions.Where(static way => way.DeviceNs > 0))
        {
            string name = way.From == way.To ? $"clear {VulkanCommand.NameOf(way.To)}" : $"{VulkanCommand.NameOf(way.From)} to {VulkanCommand.NameOf(way.To)}";
            output.WriteLine(Invariant(
                $"              {name,-20} {way.Count,6:N0} copies, {ByteSize.Format((ulong)way.Bytes),10}, {way.DeviceNs / 1e6,8:0.0} ms, {way.Bytes / (double)way.DeviceNs:0.0} GB/s"));
        }

        output.WriteLine(Invariant(
            $"              {report.DeviceNs / 1e6:0.0} ms by the device's timestamps for what the model times at {report.ModelNs / 1e6:0.0} ms{(_options.Timing == MirrorTiming.Measured ? "; the clock went by the device" : "")}"));
        output.WriteLine(Invariant(
            $"              {report.Checksums:N0} checksums by shader over {ByteSize.Format((ulong)report.ChecksumBytes)}: all as the CPU's"));
        if (PictureCount > 0)
        {
            output.WriteLine(Invariant(
                $"              {PictureCount} pictures, {_quads} quads, {_missingQuads} of textures that were not on the card then; no stale pixel"));
        }

        if (_options.Validate)
        {
            output.WriteLine(Invariant($"              {report.ValidationMessages.Count} messages of the validation layer"));
        }

        if (report.Failure is { } failure)
        {
            output.WriteLine($"              The mirror ended before the run: {failure}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Console.CancelKeyPress -= OnInterrupt;
        _driver?.Dispose();
    }

    // The frame under way ends, then everything is given back.
    private void OnInterrupt(object? sender, ConsoleCancelEventArgs interrupt)
    {
        interrupt.Cancel = true;
        _isInterrupted = true;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
