using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using GpuMm.Lab.Gate;
using GpuMm.Lab.Sweep;
using Xunit;

namespace GpuMm.LabTests.Gate;

/// <summary>What counts as a regression, and how it is written down.</summary>
public sealed class GateTests
{
    private static readonly SweepPoint s_point = new([new("policy", "lru"), new("vram", "1GiB")]);

    [Theory]
    [InlineData(100, 100, GateVerdict.Same)]
    [InlineData(100, 105, GateVerdict.Same)]
    [InlineData(100, 106, GateVerdict.Worse)]
    [InlineData(100, 94, GateVerdict.Better)]
    [InlineData(0, 0, GateVerdict.Same)]
    [InlineData(0, 1, GateVerdict.Worse)]
    [InlineData(100, double.NaN, GateVerdict.Worse)]
    public void AMetricMayRiseByWhatTheRuleAllows(double before, double now, GateVerdict verdict)
    {
        GateReport report = GateReport.Compare([Run(before)], [Run(now)], [new("misses", 0.05, 0, false)]);
        Assert.Equal(verdict, Assert.Single(report.Findings).Verdict);
        Assert.Equal(verdict != GateVerdict.Worse, report.IsGood);
    }

    [Fact]
    public void WhereMoreIsBetterAFallIsTheRegression()
    {
        Assert.True(GateRule.TryParse("misses:5%+2:higher", out GateRule rule));
        Assert.False(GateReport.Compare([Run(100)], [Run(92)], [rule]).IsGood);
        Assert.True(GateReport.Compare([Run(100)], [Run(93)], [rule]).IsGood);
    }

    [Fact]
    public void WithoutARuleNothingMayRiseAndAStarServesTheRest()
    {
        Assert.False(GateReport.Compare([Run(100)], [Run(101)], []).IsGood);
        Assert.True(GateReport.Compare([Run(100)], [Run(101)], [new("other", 0, 0, false), new("*", 0.5, 0, false)]).IsGood);
    }

    [Fact]
    public void RunsMatchByWhatWasRunWhateverTheOrderOfAxes()
    {
        StoredRun turned = Run(100) with { Point = new([new("vram", "1GiB"), new("policy", "lru")]), Key = "other" };
        Assert.Equal(GateVerdict.Same, Assert.Single(GateReport.Compare([Run(100)], [turned], []).Findings).Verdict);
    }

    [Fact]
    public void ATraceIsTheSameWhereverItsFileLiesUnlessTwoHaveItsName()
    {
        static StoredRun Of(string trace, double misses) => Run(misses) with { Point = s_point.With("trace", trace), Key = trace };
        GateReport moved = GateReport.Compare([Of("/ci/a.gmmt", 100), Of("/ci/b.gmmt", 7)], [Of("b.gmmt", 7), Of("C:\\w\\a.gmmt", 100)], []);
        Assert.Equal([GateVerdict.Same, GateVerdict.Same], moved.Findings.Select(static finding => finding.Verdict));
        GateReport twice = GateReport.Compare([Of("x/a.gmmt", 100), Of("y/a.gmmt", 7)], [Of("y/a.gmmt", 7), Of("z/a.gmmt", 100)], []);
        Assert.Equal([GateVerdict.Missing, GateVerdict.Same, GateVerdict.New], twice.Findings.Select(static finding => finding.Verdict));
    }

    [Fact]
    public void ARunThatIsGoneOrFailsIsMissingAndANewOneIsNew()
    {
        Assert.False(GateReport.Compare([Run(1)], [], []).IsGood);
        StoredRun failed = Run(1) with { Metrics = null, Problem = "no such file" };
        Assert.Contains("no such file", Assert.Single(GateReport.Compare([Run(1)], [failed], []).Findings).Remark, StringComparison.Ordinal);
        GateReport added = GateReport.Compare([], [Run(1)], []);
        Assert.True(added.IsGood);
        Assert.Equal(1, added.Count(GateVerdict.New));
    }

    [Fact]
    public void MarkdownAndJUnitTellTheRegressionAndCountTheRest()
    {
        GateReport report = GateReport.Compare([Run(100, 7)], [Run(130, 7)], [GateRule.Strict]);
        StringWriter markdown = new();
        GateMarkdown.Write(markdown, report);
        Assert.Contains("1 worse, 0 missing, 0 better, 0 new, 1 the same", markdown.ToString(), StringComparison.Ordinal);
        Assert.Contains("| worse | policy=lru vram=1GiB | misses | 100 | 130 | +30 (+30%), allowed 0 |", markdown.ToString(), StringComparison.Ordinal);
        StringWriter junit = new();
        GateJUnit.Write(junit, report);
        XElement root = XDocument.Parse(junit.ToString()).Root!;
        Assert.Equal(("2", "1"), (root.Attribute("tests")!.Value, root.Attribute("failures")!.Value));
        Assert.Single(root.Descendants("failure"));
    }

    [Theory]
    [InlineData("p99-ns")]
    [InlineData(":5%")]
    [InlineData("p99:five")]
    [InlineData("p99:5%:lower")]
    [InlineData("p99:-5%")]
    public void WhatIsNoRuleIsRefused(string text) => Assert.False(GateRule.TryParse(text, out _));

    private static StoredRun Run(params double[] values) => new(
        "key", s_point, values.Select(static (value, i) => KeyValuePair.Create(i == 0 ? "misses" : "bytes", value)).ToDictionary(), null, 1);
}
