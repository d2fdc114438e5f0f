using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Lab.Report;
using GpuMm.Lab.Sweep;
using Xunit;

namespace GpuMm.LabTests.Report;

/// <summary>Runs laid out, drawn and written as a page.</summary>
public sealed class ReportTests
{
    private static readonly StoredRun[] s_runs =
    [
        .. from policy in (string[])["lru", "sieve"]
           from vram in (string[])["2GiB", "1GiB", "4GiB"]
           from seed in (string[])["1", "2"]
           select new StoredRun(
               $"{policy}{vram}{seed}",
               new SweepPoint([new("trace", "a<b>.bin"), new("policy", policy), new("vram", vram), new("seed", seed)]),
               new Dictionary<string, double> { ["p99-ns"] = (policy == "lru" ? 20e6 : 10e6) / (vram[0] - '0') + (seed[0] - '0'), ["misses"] = vram[0] - '0' },
               null,
               1),
    ];

    [Fact]
    public void TheAxisOfNumbersIsXAndSeedsAreAveraged()
    {
        RunTable table = new(s_runs);
        Assert.Equal("vram", table.XAxis);
        Assert.Equal(["policy", "vram", "seed"], table.Varying);
        IReadOnlyList<PlotSeries> lines = table.Series("p99-ns", 1 << 30);
        Assert.Equal(["lru", "sieve"], lines.Select(static line => line.Name));
        Assert.Equal([1, 2, 4], lines[0].X);
        Assert.Equal(20e6 + 1.5, lines[0].Y[0], 1e-6);
    }

    [Fact]
    public void RunsStandByPolicyAndSizeWhoeverFinishedFirst()
    {
        RunTable table = new(s_runs.Reverse());
        Assert.Equal(
            ["sieve 2 1GiB", "sieve 2 2GiB", "sieve 2 4GiB", "sieve 1 1GiB", "sieve 1 2GiB", "sieve 1 4GiB"],
            table.Runs.Take(6).Select(static run => $"{run.Point["policy"]} {run.Point["seed"]} {run.Point["vram"]}"));
        Assert.Equal("lru 1 4GiB", $"{table.Runs[^1].Point["policy"]} {table.Runs[^1].Point["seed"]} {table.Runs[^1].Point["vram"]}");
    }

    [Fact]
    public void TheParetoFrontHoldsWhatNothingBeats()
    {
        IReadOnlyList<StoredRun> front = new RunTable(s_runs).ParetoFront("misses", "p99-ns");
        Assert.Equal(["sieve1GiB1", "sieve2GiB1", "sieve4GiB1"], front.Select(static run => run.Key));
    }

    [Fact]
    public void ThePageStandsAloneAndEscapesWhatItQuotes()
    {
        StringWriter page = new();
        StoredRun failed = s_runs[0] with { Key = "f", Metrics = null, Problem = "no <such> file" };
        HtmlReport.Write(page, "Sweep of a<b>.bin", new RunTable([.. s_runs, failed]), "gpumm report results.db");
        string text = page.ToString();
        Assert.Contains("a&lt;b&gt;.bin", text, StringComparison.Ordinal);
        Assert.Contains("no &lt;such&gt; file", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", text, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"http", text, StringComparison.Ordinal);
        Assert.Equal(3, text.Split("<figure").Length - 1); // Two metrics, and what memory buys.
        Assert.Contains("12 runs, 1 failed", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ThePageNamesTheBestOfEachSizeAndItsDistanceFromTheFloor()
    {
        // With belady beaten at 1 GiB, as by a policy that knows sizes, the bound takes its place.
        (string Policy, string Vram, double Ratio)[] cells =
        [
            ("lru", "1GiB", 0.5), ("gdsf", "1GiB", 0.3), ("belady", "1GiB", 0.4), ("bound", "1GiB", 0.2),
            ("lru", "4GiB", 0.4), ("gdsf", "4GiB", 0.35), ("belady", "4GiB", 0.3), ("bound", "4GiB", 0.25),
        ];
        StoredRun[] runs = [.. cells.Select(static cell => new StoredRun(
            cell.Policy + cell.Vram, new SweepPoint([new("policy", cell.Policy), new("vram", cell.Vram)]), new Dictionary<string, double> { ["miss-ratio"] = cell.Ratio }, null, 1))];
        StringWriter page = new();
        HtmlReport.Write(page, "t", new RunTable(runs), "m");
        Assert.Contains("gdsf has the least miss ratio at all 2 sizes of vram; where it matters most, at 1 GiB, gdsf has 30% and lru 50%.", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("The best at each size is 40% to 50% above the bound that no policy can go below.", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("<th>bound</th><th>best above bound</th>", page.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("{summary", page.ToString(), StringComparison.Ordinal);
        StringWriter fair = new();
        HtmlReport.Write(fair, "t", new RunTable(runs.Where(static run => run.Point["policy"] != "gdsf")), "m");
        Assert.Contains("above Belady&#39;s rule, which knows the future.", fair.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("p99-ns", 16_700_000, "16.7 ms")]
    [InlineData("moved-bytes", 1073741824, "1 GiB")]
    [InlineData("miss-ratio", 0.125, "12.5%")]
    [InlineData("misses", 12345, "12,345")]
    [InlineData("misses", double.NaN, "-")]
    public void MetricsCarryTheirUnits(string metric, double value, string text) => Assert.Equal(text, MetricText.Format(metric, value));
}
