using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>The program as a user runs it: interrupted, and on a machine without a driver.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task CtrlCEndsARunAndGivesBackWhatWasOnTheDevice()
    {
        TestVulkan.Open().Dispose();
        string folder = Directory.CreateTempSubdirectory("gpumm-").FullName;
        try
        {
            using Process process = Start($"demo --vulkan --validate --frames 100000 --render {folder} --render-every 2");
            while (!process.HasExited && !File.Exists(Path.Combine(folder, "vulkan-000004.png")))
            {
                Thread.Sleep(5);
            }

            (int exitCode, string error) = await InterruptAsync(process);
            Assert.Equal((1, "gpumm: interrupted; what was on the device was given back.\n"), (exitCode, error));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task CtrlCEndsACalibrationToo()
    {
        TestVulkan.Open().Dispose();

        // Many rounds follow the line that is waited for: it is under way whenever the signal comes.
        using Process process = Start("calibrate --verify --rounds 1000000");
        string? line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("gpumm: copies, round ", line, StringComparison.Ordinal);
        (int exitCode, string error) = await InterruptAsync(process);
        Assert.Equal((1, "gpumm: interrupted; what was on the device was given back.\n"), (exitCode, error));
    }

    [Theory]
    [InlineData("vulkan info")]
    [InlineData("demo --vulkan --frames 5")]
    [InlineData("calibrate")]
    public async Task WithoutADriverOneLineSaysWhatHelps(string arguments)
    {
        TestVulkan.Open().Dispose();
        using Process process = Start(arguments, hidesDrivers: true);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            ("", "gpumm: mirror unavailable: no Vulkan driver is installed; install one (mesa-vulkan-drivers brings lavapipe, which needs no GPU)\n", 1),
            (output, error, process.ExitCode));
    }

    private static async Task<(int ExitCode, string Error)> InterruptAsync(Process process)
    {
        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, error);
    }

    private static Process Start(CommandLine line, bool hidesDrivers = false)
    {
        // What runs in the background of a script ignores Ctrl-C, and so would all that it starts.
        ProcessStartInfo start = new("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "GpuMm.Cli.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in line.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        if (hidesDrivers)
        {
            start.Environment["VK_DRIVER_FILES"] = "/nowhere/icd.json";
            start.Environment["VK_ICD_FILENAMES"] = "/nowhere/icd.json";
        }

        return Process.Start(start)!;
    }
}
