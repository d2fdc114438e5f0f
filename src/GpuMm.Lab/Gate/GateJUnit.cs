using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace GpuMm.Lab.Gate;

/// <summary>Writes a comparison as a JUnit file, which CI systems show as tests: one suite per run, one case per metric.</summary>
public static class GateJUnit
{
    /// <summary>Writes it.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="report">The comparison.</param>
    public static void Write(TextWriter writer, GateReport report)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(report);
        IEnumerable<XElement> suites = report.Findings.GroupBy(static finding => finding.Point.ToString(), StringComparer.Ordinal).Select(static suite => new XElement(
            "testsuite",
            new XAttribute("name", suite.Key),
            new XAttribute("tests", suite.Count()),
            new XAttribute("failures", suite.Count(IsFailure)),
            suite.Select(Case)));
        new XDocument(new XElement(
            "testsuites",
            new XAttribute("name", "gpumm check"),
            new XAttribute("tests", report.Findings.Count),
            new XAttribute("failures", report.Findings.Count(IsFailure)),
            suites)).Save(writer);
    }

    private static bool IsFailure(GateFinding finding) => finding.Verdict is GateVerdict.Worse or GateVerdict.Missing;

    private static XElement Case(GateFinding finding)
    {
        XElement element = new(
            "testcase", new XAttribute("classname", finding.Point.ToString()), new XAttribute("name", finding.Metric.Length == 0 ? "run" : finding.Metric));
        if (IsFailure(finding))
        {
            string message = finding.Verdict == GateVerdict.Missing
                ? finding.Remark
                : $"{GateMarkdown.Number(finding.Baseline)} before, {GateMarkdown.Number(finding.Current)} now: {finding.Remark}";
            element.Add(new XElement("failure", new XAttribute("message", message), new XAttribute("type", GateMarkdown.Word(finding.Verdict))));
        }

        return element;
    }
}
