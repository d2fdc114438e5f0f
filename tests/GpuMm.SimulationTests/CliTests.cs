using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.SimulationTests;

/// <summary>The program as a user runs it.</summary>
public sealed class CliTests
{
    [Theory]
    [InlineData("--scene atrium", "sponza or bistro")]
    [InlineData("--vram 0", "such as 96MiB")]
    [InlineData("--vram lots", "no size")]
    [InlineData("--vram 1MiB", "give at least 6 MiB")]
    [InlineData("--vram 96MiB --aperture 2MiB", "give at least 6 MiB")]
    [InlineData("--vram 99999GiB", "at most 64 GiB")]
    [InlineData("--vram 100000001", "multiple of 4 KiB")]
    [InlineData("--frames 0", "from 1 to 108000")]
    [InlineData("--frames many", "from 1 to 108000")]
    [InlineData("--seed -1", "--seed -1")]
    [InlineData("--machine cray", "gpumm machine list")]
    [InlineData("--backing air", "bytes or heads")]
    [InlineData("--fast", "--help")]
    [InlineData("--vram", "--help")]
    [InlineData("--scenario tape", "spu or doorbell or unplug")]
    [InlineData("--scenario spu --frames 3", "leave --frames or --scenario out")]
    public void BadInputGetsOneLineWithTheFixAndExitCode2(string arguments, string fix)
    {
        (int exitCode, string output, string error) = Run("demo " + arguments);
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.StartsWith("gpumm: ", error, StringComparison.Ordinal);
        Assert.Equal(error.Length - 1, error.IndexOf('\n', StringComparison.Ordinal));
        Assert.Contains(fix, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fault explain --case nope", "give touch or moving")]
    [InlineData("fault explain --machine cray", "gpumm machine list")]
    [InlineData("fault bogus", "'bogus' is not known here. Run 'gpumm fault --help'")]
    [InlineData("race --contract magic", "give nopfn or")]
    [InlineData("race --variants --order copy-zap-retarget", "leave --order out")]
    public void TheFaultCommandsSayWhatMayBeGiven(string arguments, string fix)
    {
        (int exitCode, string output, string error) = Run(arguments);
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Equal(error.Length - 1, error.IndexOf('\n', StringComparison.Ordinal));
        Assert.Contains(fix, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spu")]
    [InlineData("doorbell")]
    [InlineData("unplug")]
    public void EachScenarioShowsWhatItPromises(string scenario)
    {
        (int exitCode, string output, _) = Run($"demo --scenario {scenario} --json");
        Assert.Equal(0, exitCode);
        using JsonDocument document = JsonDocument.Parse(output);
        Assert.True(document.RootElement.GetProperty("isRight").GetBoolean());
        Assert.Equal(0, Run($"demo --scenario {scenario}").ExitCode);
    }

    [Theory]
    [InlineData("touch", 1, "Ok")]
    [InlineData("moving", 2, "Ok")]
    [InlineData("locked", 2, "Ok")]
    [InlineData("hidden", 2, "Ok")]
    [InlineData("large", 1, "Ok")]
    [InlineData("nothing", 1, "AccessViolation")]
    public void EachAccessIsToldWithItsAttempts(string which, int attempts, string status)
    {
        (int exitCode, string output, _) = Run($"fault explain --case {which} --access write --json");
        Assert.Equal(0, exitCode);
        using JsonDocument document = JsonDocument.Parse(output);
        Assert.Equal((attempts, status), (document.RootElement.GetProperty("attempts").GetInt32(), document.RootElement.GetProperty("status").GetString()));
    }

    [Fact]
    public void AnUnknownCommandIsRefusedAndHelpIsNot()
    {
        (int exitCode, string output, _) = Run("dance");
        Assert.Equal((2, ""), (exitCode, output));
        (exitCode, output, _) = Run("demo --help");
        Assert.Equal(0, exitCode);
        Assert.Contains("--vram", output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameSeedPrintsTheSameBytes()
    {
        (int exitCode, string first, string message) = Run("demo --frames 60 --backing heads");
        (_, string second, _) = Run("demo --frames 60 --backing heads");
        Assert.Equal(0, exitCode);
        Assert.Equal(first, second);
        Assert.Contains("More VRAM", first, StringComparison.Ordinal);
        Assert.Contains("bytes of them are right (checksum ", first, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', first);
        Assert.Contains("frames in", message, StringComparison.Ordinal);
    }

    [Fact]
    public void JsonIsOneDocumentWithTheSameFigures()
    {
        (int exitCode, string output, _) = Run("demo --frames 60 --json");
        Assert.Equal(0, exitCode);
        using JsonDocument document = JsonDocument.Parse(output);
        JsonElement root = document.RootElement;
        Assert.Equal(1, root.GetProperty("schemaVersion").GetInt32());
        Assert.Equal("sponza", root.GetProperty("scene").GetString());
        Assert.Equal(60, root.GetProperty("result").GetProperty("frames").GetInt32());
        Assert.True(root.GetProperty("result").GetProperty("faults").GetInt64() > 0);
        Assert.True(root.GetProperty("moreVram").GetArrayLength() >= 3);
        Assert.Equal(16, root.GetProperty("checksumHex").GetString()!.Length);
    }

    [Fact]
    public void TheReadmeShowsWhatTheDemoPrints()
    {
        (_, string output, _) = Run("demo");
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string summary = output[output.IndexOf("Frames  ", StringComparison.Ordinal)..];
        Assert.Contains("```\n" + summary + "```\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void MachinesAreListedAndShownAndAFileOfOneOwnCanBeUsed()
    {
        (int exitCode, string output, _) = Run("machine list --json");
        Assert.Equal(0, exitCode);
        using JsonDocument document = JsonDocument.Parse(output);
        Assert.True(document.RootElement.GetProperty("machines").GetArrayLength() >= 19);
        (exitCode, output, _) = Run("machine show rtx4090");
        Assert.Equal(0, exitCode);
        Assert.Contains("Where the figures come from:", output, StringComparison.Ordinal);
        (_, output, _) = Run("machine show pcie4x8 --json");
        string path = Path.GetTempFileName() + ".json";
        try
        {
            File.WriteAllText(path, output);
            (exitCode, string again, _) = Run($"machine show {path} --json");
            Assert.Equal((0, output), (exitCode, again));
            File.WriteAllText(path, "{ }");
            (exitCode, output, string error) = Run($"machine show {path}");
            Assert.Equal((2, ""), (exitCode, output));
            Assert.Contains("vram: is missing; give one such as", error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void TheRaceTableIsPrintedAndWrongOptionsAreRefused()
    {
        (int exitCode, string output, _) = Run("race");
        Assert.Equal(0, exitCode);
        Assert.Contains("=> stale entry", output, StringComparison.Ordinal);
        (exitCode, output, string error) = Run("race --contract magic");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("give nopfn or nopage", error, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output, string Error) Run(string arguments)
    {
        ProcessStartInfo start = new("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "GpuMm.Cli.dll"));
        foreach (string argument in arguments.Split(' '))
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
