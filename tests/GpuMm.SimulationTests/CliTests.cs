using System;
using System.IO;
using System.Text.Json;
using GpuMm.SimulationTests.Lab;
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
    [InlineData("--frames 0", "from 1 to 432000")]
    [InlineData("--frames many", "from 1 to 432000")]
    [InlineData("--seed -1", "--seed -1")]
    [InlineData("--machine cray", "gpumm machine list")]
    [InlineData("--backing air", "bytes or heads")]
    [InlineData("--fast", "--help")]
    [InlineData("--vram", "--help")]
    [InlineData("--vram 4GiB,,8GiB", "single commas")]
    [InlineData("--vram 64MiB,64MiB", "each value once")]
    [InlineData("--vram 64MiB,big", "no size")]
    [InlineData("--vram 1MiB,96MiB", "give at least 6 MiB")]
    [InlineData("--link isdn", "there is no such link; give agp4x")]
    [InlineData("--bar some", "no size")]
    [InlineData("--policy random", "there is no such policy; give lru")]
    [InlineData("--workload sleep", "fly-through, level-load, alt-tab, thrash, video or replay")]
    [InlineData("--workload replay", "--trace FILE")]
    [InlineData("--workload thrash --stream 64MiB", "give --workload fly-through")]
    [InlineData("--stream 1MiB", "give at least 11 MiB")]
    [InlineData("--upload pigeon", "mapping or staging")]
    [InlineData("--buffers 4", "from 2 to 3")]
    [InlineData("--hz 0", "from 1 to 1000")]
    [InlineData("--timing measured", "give --vulkan, too")]
    [InlineData("--vulkan --timing guessed", "give model or measured")]
    [InlineData("--vulkan --upload staging", "give --upload mapping")]
    [InlineData("--vulkan --vram 96MiB,120MiB", "give one value each")]
    [InlineData("--scale 65", "from 1 to 64")]
    [InlineData("--plot knee.gif", "ends in .png or .svg")]
    [InlineData("--plot no/such/folder/knee.png", "make it first")]
    [InlineData("--vram 64MiB,96MiB --render pictures", "give one value")]
    [InlineData("--render-every 5", "--render FOLDER")]
    [InlineData("--scenario tape", "spu, doorbell or unplug")]
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
    [InlineData("fault explain --case nope", "give touch, moving")]
    [InlineData("fault explain --machine cray", "gpumm machine list")]
    [InlineData("fault bogus", "'bogus' is not known here. Run 'gpumm fault --help'")]
    [InlineData("race --contract magic", "give nopfn, nopage")]
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

    [Theory]
    [InlineData("demo", "race", "fault explain", "machine show", "serve", "calibrate", "vulkan info")]
    [InlineData("trace info", "trace head", "trace convert", "trace record", "replay", "diff", "explain")]
    [InlineData("league", "knee", "sweep", "merge", "report", "check")]
    public void HelpSpeaksToPeople(params string[] commands)
    {
        foreach (string command in commands)
        {
            (int exitCode, string output, string error) = Run(command + " --help");
            Assert.Equal((0, ""), (exitCode, error));
            Assert.DoesNotContain(" { ", output, StringComparison.Ordinal); // An object where a word should be.
            Assert.DoesNotContain("System.", output, StringComparison.Ordinal);
            Assert.DoesNotMatch("default: [0-9]{6,}", output);
            Assert.DoesNotMatch("default: [A-Z][a-z]+[]A-Z]", output); // The name in the code instead of the word that may be given.
        }
    }

    [Theory]
    [InlineData("report no/such.db", "no/such.db")]
    [InlineData("check no/such.db --baseline no/such.db", "no/such.db")]
    [InlineData("merge no/such.db --out x.db", "no/such.db")]
    [InlineData("sweep no/such.bin", "no/such.bin")]
    [InlineData("sweep demo:sponza --quiet", "--quiet: there is no such option")]
    [InlineData("knee demo:sponza --budget nonsense<3 --frames 10", "there is no such metric; give one of")]
    [InlineData("replay no/such.bin", "no/such.bin")]
    [InlineData("replay x --allocator 1", "give range, low, buddy or bins")]
    [InlineData("replay x --engine fast", "give auto, compact or device")]
    public void WhatTheCommandLineNamesWronglyIsOneLineAndExitCodeTwo(string arguments, string told)
    {
        (int exitCode, string output, string error) = Run(arguments);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(told, error, StringComparison.Ordinal);
    }

    [Fact]
    public void ARecordingIsTheWorkloadOfTheDemo()
    {
        string folder = Directory.CreateTempSubdirectory("gpumm-test-").FullName;
        try
        {
            string trace = Path.Combine(folder, "run.gmmt");
            Assert.Equal(0, Run($"trace record {trace} --frames 30").ExitCode);
            (int exitCode, string output, string error) = Run($"demo --workload replay --trace {trace} --vram 16MiB --json");
            Assert.True(exitCode == 0, error);
            using JsonDocument document = JsonDocument.Parse(output);
            JsonElement root = document.RootElement;
            Assert.Equal("replay", root.GetProperty("workload").GetString());
            Assert.Equal(30, root.GetProperty("result").GetProperty("frames").GetInt32());
            Assert.True(root.GetProperty("result").GetProperty("evictions").GetInt32() > 0);
            (exitCode, output, error) = Run($"demo --workload replay --trace {folder}/none.gmmt");
            Assert.Equal("", output);
            Assert.NotEqual(0, exitCode);
            Assert.Contains("none.gmmt", error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
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
    public void JsonTellsEverythingThatTheTextTells()
    {
        (_, string output, _) = Run("demo --frames 120 --backing heads --workload alt-tab --json");
        using JsonDocument document = JsonDocument.Parse(output);
        JsonElement root = document.RootElement;
        Assert.Equal("alt-tab", root.GetProperty("workload").GetString());
        Assert.Equal(120, root.GetProperty("frameNs").GetArrayLength());
        Assert.Equal(2, root.GetProperty("clients").GetArrayLength());
        Assert.Equal(16, root.GetProperty("hashHex").GetString()!.Length);
        Assert.True(root.GetProperty("workloadFindings").GetProperty("endFrame").GetInt32() > 0);
        JsonElement stutter = root.GetProperty("stutters")[0];
        long sum = 0;
        foreach (JsonElement cause in stutter.GetProperty("causes").EnumerateArray())
        {
            sum += cause.GetProperty("nanoseconds").GetInt64();
        }

        Assert.Equal(stutter.GetProperty("frameNs").GetInt64(), sum);
    }

    [Fact]
    public void AWhatIfPrintsATableASentencePerLineAndAPlot()
    {
        string folder = Directory.CreateTempSubdirectory("gpumm-plot").FullName;
        try
        {
            CommandLine arguments = "demo --vram 64MiB,96MiB --link agp8x,pcie3x8 --policy lru --frames 60 --no-refine";
            (int exitCode, string output, string message) = Run($"{arguments} --plot {folder}/knee.png");
            Assert.Equal(0, exitCode);
            Assert.Contains("\nagp8x  ", output.Replace("pcie3x8  ", "agp8x  ", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Contains("4 runs of 60 frames", message, StringComparison.Ordinal);
            using (SkiaSharp.SKBitmap plot = SkiaSharp.SKBitmap.Decode($"{folder}/knee.png"))
            {
                Assert.Equal((1200, 675), (plot.Width, plot.Height));
            }

            (_, string again, _) = Run($"{arguments} --plot {folder}/knee.svg");
            Assert.Equal(output, again);
            string svg = File.ReadAllText($"{folder}/knee.svg");
            Assert.Contains("Video memory (MiB)", svg, StringComparison.Ordinal);
            (_, string json, _) = Run(arguments + " --json");
            using JsonDocument document = JsonDocument.Parse(json);
            Assert.Equal(2, document.RootElement.GetProperty("series").GetArrayLength());
            Assert.Contains("64 MiB", document.RootElement.GetProperty("series")[0].GetProperty("sentence").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void PicturesOfTheSceneAreWritten()
    {
        string folder = Directory.CreateTempSubdirectory("gpumm-pictures").FullName;
        try
        {
            (int exitCode, _, string message) = Run($"demo --frames 60 --backing heads --render {folder} --render-every 20");
            Assert.Equal(0, exitCode);
            Assert.Contains("3 pictures in", message, StringComparison.Ordinal);
            Assert.Equal(["frame-000020.png", "frame-000040.png", "frame-000060.png"], Array.ConvertAll(Sorted(Directory.GetFiles(folder)), static path => Path.GetFileName(path)!));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static string[] Sorted(string[] paths)
        {
            Array.Sort(paths, StringComparer.Ordinal);
            return paths;
        }
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
    public void ARunThatWasRecordedIsReplayedFrameByFrame()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gpumm-test-{Path.GetRandomFileName()}.gmmt");
        try
        {
            (int exitCode, string recorded, _) = Run($"demo --frames 40 --backing heads --record {path} --json");
            Assert.Equal(0, exitCode);
            (exitCode, string replayed, _) = Run($"demo --workload replay --trace {path} --json");
            Assert.Equal(0, exitCode);
            using JsonDocument before = JsonDocument.Parse(recorded);
            using JsonDocument after = JsonDocument.Parse(replayed);
            JsonElement first = before.RootElement.GetProperty("result");
            JsonElement second = after.RootElement.GetProperty("result");
            Assert.Equal("replay", after.RootElement.GetProperty("workload").GetString());
            Assert.Equal(first.GetProperty("jobs").GetInt64(), second.GetProperty("jobs").GetInt64() - 1);
            Assert.True(second.GetProperty("toVramBytes").GetInt64() > 0);

            // The recorded program reads everything back at its end, for seconds: that is no frame. Its loading screen is one.
            Assert.InRange(second.GetProperty("frameMaxNs").GetInt64(), 1, 250_000_000);
            Assert.True(after.RootElement.GetProperty("workloadFindings").GetProperty("eventsReplayed").GetInt64() > 1000);
        }
        finally
        {
            File.Delete(path);
        }
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
        Assert.Contains("--contract magic: give nopfn, nopage", error, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output, string Error) Run(CommandLine line) => Gpumm.Run(line);
}
