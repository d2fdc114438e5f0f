using System;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.SimulationTests.Lab;

/// <summary>The gate, the knee and the report as a CI job runs them.</summary>
public sealed class GateProcessTests
{
    [Fact]
    public void AWorseTraceFailsTheGateWithMarkdownAndJUnit()
    {
        using LabFolder folder = new();
        string trace = folder.Loop("loop.csv", 100, 5);
        CommandLine sweep = $"sweep {trace} --policy lru,sieve --vram 200KiB";
        Assert.Equal(0, Gpumm.Run($"{sweep} --out {folder["before.db"]}").ExitCode);
        (int exitCode, string output, _) = Gpumm.Run($"check {folder["before.db"]} --baseline {folder["before.db"]}");
        Assert.Equal(0, exitCode);
        Assert.Contains("no regression", output, StringComparison.Ordinal);

        // The same file, with twice the rounds: more misses.
        folder.Loop("loop.csv", 100, 10);
        Assert.Equal(0, Gpumm.Run($"{sweep} --out {folder["now.db"]}").ExitCode);
        CommandLine check = $"check {folder["now.db"]} --baseline {folder["before.db"]} --markdown {folder["gate.md"]} --junit {folder["gate.xml"]}";
        (exitCode, output, string error) = Gpumm.Run(check);
        Assert.Equal((3, ""), (exitCode, error));
        Assert.StartsWith("## Residency: regression\n", output, StringComparison.Ordinal);
        Assert.Contains("| worse | ", output, StringComparison.Ordinal);
        Assert.Equal(output, File.ReadAllText(folder["gate.md"]));
        XElement suites = XDocument.Load(folder["gate.xml"]).Root!;
        Assert.Equal("testsuites", suites.Name.LocalName);
        Assert.Equal(2, suites.Elements("testsuite").Count());
        Assert.Equal((int)suites.Attribute("failures")!, suites.Descendants("failure").Count());
        Assert.Contains(suites.Descendants("testcase"), static test => (string)test.Attribute("name")! == "misses" && test.Element("failure") is not null);
        Assert.Equal(0, Gpumm.Run(check + " --allow *:200%").ExitCode);
    }

    [Fact]
    public void TheKneeOfALoopIsTheWholeLoop()
    {
        using LabFolder folder = new();
        string trace = folder.Loop("loop.csv", 64, 10);

        // 64 pages in turn: lru misses always while one page is missing, and only at first when none is.
        (int exitCode, string output, _) = Gpumm.Run($"knee {trace} --budget miss-ratio<50%");
        Assert.Equal(0, exitCode);
        Assert.Contains("from 256 KiB up; 252 KiB is too little", output, StringComparison.Ordinal);
        (exitCode, output, _) = Gpumm.Run($"knee {trace} --budget miss-ratio<1% --json");
        Assert.Equal(3, exitCode);
        Assert.Contains("\"enoughBytes\": null", output, StringComparison.Ordinal);
        (exitCode, output, string error) = Gpumm.Run($"knee {trace} --budget speed<1");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("give one of byte-miss-ratio, ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TheReportStandsAloneAndSaysWhatTheRunsSay()
    {
        using LabFolder folder = new();
        Assert.Equal(0, Gpumm.Run($"sweep {folder.Loop("loop.csv", 64, 10)} --policy lru,sieve,belady --vram 64KiB,128KiB,192KiB,256KiB --out {folder["r.db"]}").ExitCode);
        (int written, string told, _) = Gpumm.Run($"report {folder["r.db"]}");
        Assert.Equal((0, folder["r.html"] + "\n"), (written, told));
        string page = File.ReadAllText(folder["r.html"]);
        Assert.Contains("has the least miss ratio at ", page, StringComparison.Ordinal);
        Assert.Contains("above Belady", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        (int exitCode, string output, _) = Gpumm.Run($"report {folder["r.db"]} --pareto capacity-bytes,misses --csv");
        Assert.Equal(0, exitCode);
        Assert.True(output.Count(static letter => letter == '\n') is >= 2 and < 12);
    }

    [Theory]
    [InlineData("sweep none.bin", 2, "there is no such file")]
    [InlineData("sweep .", 2, "this is a folder")]
    [InlineData("sweep demo:atrium", 2, "give demo:sponza or demo:bistro")]
    [InlineData("sweep ZIPF --policy magic", 2, "give some of lru, ")]
    [InlineData("sweep ZIPF --policy lru-touch", 2, "give 'lru'")]
    [InlineData("sweep ZIPF --vram 0%", 2, "--vram: '0%' is no share")]
    [InlineData("sweep ZIPF --vram lots", 2, "give one such as 4GiB, 10%, 0.1 or auto")]
    [InlineData("sweep ZIPF --link pcie3x8", 2, "residency replay has no link; leave it out")]
    [InlineData("sweep ZIPF --depth full --link cable", 2, "there is no such link; give agp4x")]
    [InlineData("sweep ZIPF --depth full --policy belady", 2, "no manager can know the future")]
    [InlineData("sweep ZIPF --depth deep", 2, "give residency or full")]
    [InlineData("sweep ZIPF --shard 4/4", 2, "parts count from 0")]
    [InlineData("sweep ZIPF --jobs 0", 2, "from 1 to 1024")]
    [InlineData("sweep ZIPF --json --csv", 2, "give one of them")]
    [InlineData("sweep demo:sponza --seed 1..10000 --frames 1..1000", 2, "more than 1000000 runs; give fewer values")]
    [InlineData("sweep demo:sponza ZIPF", 2, "sweep such traces apart")]
    [InlineData("sweep GOLDEN.csv --from tape", 2, "there is no such format")]
    [InlineData("knee ZIPF --budget fast", 2, "such as 'p99<16.7ms'")]
    [InlineData("knee ZIPF --budget misses<5 --policy lru,fifo", 2, "a knee is of one policy")]
    [InlineData("check none.db --baseline none.db", 2, "gpumm sweep --out none.db makes it")]
    [InlineData("check GOLDEN.csv --baseline GOLDEN.csv", 1, "Give a file of gpumm results")]
    [InlineData("report none.db", 2, "there is no such file")]
    [InlineData("merge none.db --out all.db", 2, "there is no such file")]
    [InlineData("diff ZIPF", 2, "--policy lru,sieve compares two replays")]
    [InlineData("diff none.bin ZIPF", 2, "there is no such file")]
    [InlineData("diff ZIPF ZIPF", 1, "nothing in it tells what a manager did")]
    [InlineData("explain none.bin", 2, "there is no such file")]
    [InlineData("explain ZIPF --at noon", 2, "such as 12.5ms")]
    [InlineData("explain ZIPF --vram auto", 2, "give one value")]
    public void BadInputGetsOneLineWithTheFix(string arguments, int exitCode, string fix)
    {
        string golden = Path.Combine(AppContext.BaseDirectory, "Data", "miss-counts.csv");
        (int code, string output, string error) = Gpumm.Run(CommandLine.Parse(arguments, ("ZIPF", LabFolder.Zipf), ("GOLDEN.csv", golden)));
        Assert.Equal((exitCode, ""), (code, output));
        Assert.StartsWith("gpumm: ", error, StringComparison.Ordinal);
        Assert.Equal(error.Length - 1, error.IndexOf('\n', StringComparison.Ordinal));
        Assert.Contains(fix, error, StringComparison.Ordinal);
    }
}
