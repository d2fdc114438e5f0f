using System;
using System.CommandLine;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuMm.Cli.Demo;
using GpuMm.Cli.Machine;
using GpuMm.Simulation;
using GpuMm.Vulkan.Calibration;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Mirror;

namespace GpuMm.Cli.Calibrate;

/// <summary><c>gpumm calibrate</c>: a machine profile from a real device, and how well it predicts.</summary>
internal static class CalibrateCommand
{
    private static readonly CalibrateJsonContext s_context = new(
        new JsonSerializerOptions(CalibrateJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static readonly Option<int?> s_device = new("--device") { Description = "The device, as `gpumm vulkan info` numbers them. Default: the one that is most of a GPU.", HelpName = "number" };

    private static readonly Option<string?> s_out = new("--out") { Description = "Write the machine profile into this file; give it to --machine of any run.", HelpName = "file.json" };

    private static readonly Option<bool> s_verify = new("--verify") { Description = "Also predict another workload and print how far the prediction is off. Exit code 3 when it misses the target." };

    private static readonly Option<int?> s_rounds = OptionParsers.OptionalNumber(
        "--rounds", "With --verify: how often the other workload runs; each time is the lower quartile. Default: 8.", 1, 1_000_000);

    private static readonly Option<MachineProfile?> s_machine = new("--machine")
    {
        Description = "With --verify: judge this machine instead of calibrating first.",
        HelpName = "name|file.json",
        CustomParser = static result => MachineOption.Parse(result, "--machine "),
    };

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };

    public static Command Create()
    {
        Command command = new("calibrate", "Measure a device's copies over sizes and ways, and fit the figures of a machine to them.")
        {
            s_device, s_out, s_verify, s_rounds, s_machine, s_json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        bool verifies = parsed.GetValue(s_verify);
        MachineProfile? given = parsed.GetValue(s_machine);
        if (given is not null && (!verifies || parsed.GetValue(s_out) is not null))
        {
            Console.Error.WriteLine("gpumm: --machine is for --verify alone: it judges a machine instead of calibrating one; leave it or --out away.");
            return ExitCode.Usage;
        }

        if (parsed.GetValue(s_rounds) is not null && !verifies)
        {
            Console.Error.WriteLine("gpumm: --rounds is for --verify: calibrating has no other workload; leave it away or give --verify, too.");
            return ExitCode.Usage;
        }

        bool isInterrupted = false;
        ConsoleCancelEventHandler cancel = (_, interrupt) =>
        {
            interrupt.Cancel = true; // The round under way ends, then everything is given back.
            isInterrupted = true;
        };
        Console.CancelKeyPress += cancel;
        try
        {
            CalibrationOptions options = new() { DeviceIndex = parsed.GetValue(s_device) };
            options = options with { VerifyRounds = parsed.GetValue(s_rounds) ?? options.VerifyRounds };
            CalibrationResult? result = given is null ? Calibrator.Run(options, Told("copies, round", () => isInterrupted)) : null;
            if (result is not null && parsed.GetValue(s_out) is { } path)
            {
                File.WriteAllText(path, result.Profile.ToJson() + "\n");
            }

            CalibrationVerdict? verdict = verifies ? CalibrationCheck.Run(given ?? result!.Profile, options, Told("prediction, round", () => isInterrupted)) : null;
            if (parsed.GetValue(s_json))
            {
                CalibrateDocument document = new() { SchemaVersion = 1, Calibration = CalibrateDocumentFit.Of(result), Verification = verdict };
                Console.Out.WriteLine(JsonSerializer.Serialize(document, s_context.CalibrateDocument));
            }
            else
            {
                CalibrateText.Write(Console.Out, result, verdict);
            }

            return verdict is { IsMet: false } ? ExitCode.Gate : ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("gpumm: interrupted; what was on the device was given back.");
            return ExitCode.Failed;
        }
        catch (Exception problem) when (problem is MirrorUnavailableException or VulkanException or MirrorFailedException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"gpumm: {problem.Message}");
            return ExitCode.Failed;
        }
        finally
        {
            Console.CancelKeyPress -= cancel;
        }
    }

    private static Action<int, int> Told(string what, Func<bool> isInterrupted)
    {
        bool isLive = !Console.IsErrorRedirected;
        return (done, all) =>
        {
            if (isInterrupted())
            {
                throw new OperationCanceledException();
            }

            if (isLive)
            {
                Console.Error.Write($"\rgpumm: {what} {done} of {all}{(done == all ? "\n" : "")}");
            }
            else if (done == all)
            {
                Console.Error.WriteLine($"gpumm: {what} {done} of {all}");
            }
        };
    }
}
