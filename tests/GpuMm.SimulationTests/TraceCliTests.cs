using System;
using System.IO;
using System.Text.Json;
using GpuMm.SimulationTests.Lab;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.SimulationTests;

/// <summary><c>gpumm trace</c> and <c>gpumm replay</c> as a user runs them.</summary>
public sealed class TraceCliTests
{
    private static readonly string s_data = Path.Combine(Repository.Root, "tests/GpuMm.TraceTests/Data");

    [Fact]
    public void ARecordingIsMadeLookedAtConvertedAndReplayed()
    {
        string folder = Directory.CreateTempSubdirectory("gpumm-cli-").FullName;
        try
        {
            string trace = Path.Combine(folder, "run.gmmt");
            (int exitCode, string output, string error) = Run($"trace record {trace} --frames 30 --json");
            Assert.Equal((0, ""), (exitCode, error));
            using JsonDocument recorded = JsonDocument.Parse(output);
            Assert.True(recorded.RootElement.GetProperty("isSame").GetBoolean());

            (exitCode, output, error) = Run($"trace record {trace} --frames 30");
            Assert.Equal((2, ""), (exitCode, output));
            Assert.Contains("--force", error, StringComparison.Ordinal);

            (exitCode, output, _) = Run($"trace info {trace} --json");
            using JsonDocument info = JsonDocument.Parse(output);
            Assert.Equal(0, exitCode);
            Assert.Equal(recorded.RootElement.GetProperty("events").GetInt64(), info.RootElement.GetProperty("events").GetInt64());

            string chrome = Path.Combine(folder, "run.json");
            (exitCode, output, _) = Run($"trace convert {trace} {chrome}");
            Assert.Equal((0, ""), (exitCode, output));
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(chrome));
            Assert.True(document.RootElement.GetProperty("traceEvents").GetArrayLength() > 100);

            (exitCode, output, error) = Run($"replay {trace} --json");
            Assert.Equal(0, exitCode);
            Assert.Contains(recorded.RootElement.GetProperty("stateHex").GetString()!, error, StringComparison.Ordinal);
            using JsonDocument replayed = JsonDocument.Parse(output);
            Assert.Equal(0, replayed.RootElement.GetProperty("result").GetProperty("brokenInvariants").GetInt32());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void ForeignTracesArePrintedAndReplayed()
    {
        (int exitCode, string output, string error) = Run($"trace head {s_data}/amdgpu_gpu_events.txt --count 5 --ndjson");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(5, output.Trim().Split('\n').Length);
        (exitCode, output, _) = Run($"replay {s_data}/medium_128_inference.events.csv --vram 25% --json");
        Assert.Equal(0, exitCode);
        using JsonDocument replayed = JsonDocument.Parse(output);
        Assert.Equal(2560, replayed.RootElement.GetProperty("result").GetProperty("requests").GetInt64());
    }

    [Theory]
    [InlineData("trace info nowhere.gmmt", 2, "give a file that exists")]
    [InlineData("trace info DATA/README.md", 1, "--from")]
    [InlineData("trace info DATA/runs_code.pickle", 1, "may run code")]
    [InlineData("trace info DATA/requests.csv --from tape", 2, "give csv")]
    [InlineData("trace head DATA/requests.csv --count 0", 2, "from 1 to")]
    [InlineData("trace convert DATA/requests.csv out.unknown", 2, "--to")]
    [InlineData("trace info DATA/requests.csv --columns speed=3", 2, "time-col=1")]
    [InlineData("replay DATA/requests.csv --policy luck", 2, "give lru")]
    [InlineData("replay DATA/requests.csv --vram lots", 2, "10%")]
    [InlineData("replay DATA/requests.csv --job-uses 0", 2, "from 1 to")]
    public void BadInputGetsOneLineWithTheFix(string arguments, int expected, string fix)
    {
        (int exitCode, string output, string error) = Run(CommandLine.Parse(arguments, ("DATA", s_data)));
        Assert.Equal((expected, ""), (exitCode, output));
        Assert.StartsWith("gpumm: ", error, StringComparison.Ordinal);
        Assert.Equal(error.Length - 1, error.IndexOf('\n', StringComparison.Ordinal));
        Assert.Contains(fix, error, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output, string Error) Run(CommandLine line) => Gpumm.Run(line);
}
