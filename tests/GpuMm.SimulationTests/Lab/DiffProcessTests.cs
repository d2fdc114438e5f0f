using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace GpuMm.SimulationTests.Lab;

/// <summary>Recordings compared and evictions explained, as a user does it.</summary>
public sealed class DiffProcessTests
{
    [Fact]
    public void ARecordingEqualsItselfAndARunWithLessMemoryPartsFromIt()
    {
        using LabFolder folder = new();
        (string a, string b) = (folder["a.gmmt"], folder["b.gmmt"]);
        Assert.Equal(0, Gpumm.Run($"trace record {a} --frames 40 --vram 16MiB").ExitCode);
        Assert.Equal(0, Gpumm.Run($"trace record {b} --frames 40 --vram 12MiB").ExitCode);
        (int exitCode, string output, _) = Gpumm.Run($"diff {a} {a}");
        Assert.Equal(0, exitCode);
        Assert.Contains("The same decisions in the same order, to the last one.", output, StringComparison.Ordinal);

        // A replay under the recorded policy decides what was recorded; under another it does not.
        (_, output, _) = Gpumm.Run($"diff {a} --policy lru,sieve --json");
        using JsonDocument policies = JsonDocument.Parse(output);
        Assert.True(policies.RootElement.GetProperty("differing").GetInt32() > 0);
        (_, output, _) = Gpumm.Run($"diff {a} {b} --json");
        using JsonDocument document = JsonDocument.Parse(output);
        JsonElement root = document.RootElement;
        Assert.Equal("job", root.GetProperty("alignedBy").GetString());
        Assert.InRange(root.GetProperty("firstDivergence").GetProperty("number").GetInt32(), 1, 40);

        // What changed for each object adds up to what changed in all.
        foreach (string metric in (string[])["movedInBytes", "movedOutBytes", "evictions", "faults"])
        {
            long change = root.GetProperty("b").GetProperty(metric).GetInt64() - root.GetProperty("a").GetProperty(metric).GetInt64();
            Assert.Equal(change, root.GetProperty("objects").EnumerateArray().Sum(each => each.GetProperty(metric).GetInt64()));
        }
    }

    [Fact]
    public void AnEvictionIsExplainedWithWhomItWasForAndWhoWasPassedOver()
    {
        using LabFolder folder = new();
        string trace = folder.Loop("loop.csv", 200, 3);
        (int exitCode, string output, _) = Gpumm.Run($"explain {trace} --vram 25% --json");
        Assert.Equal(0, exitCode);
        using JsonDocument most = JsonDocument.Parse(output);
        Assert.Equal("replayed", most.RootElement.GetProperty("source").GetString());
        JsonElement first = most.RootElement.GetProperty("objects")[0];
        string name = first.GetProperty("object").GetString()!;
        Assert.StartsWith("object ", name, StringComparison.Ordinal);
        string number = name[7..];
        (exitCode, output, _) = Gpumm.Run($"explain {trace} --vram 25% --object {number} --json");
        Assert.Equal(0, exitCode);
        using JsonDocument one = JsonDocument.Parse(output);
        Assert.Equal(name, one.RootElement.GetProperty("object").GetString());
        Assert.Equal(first.GetProperty("evictions").GetInt32(), one.RootElement.GetProperty("evictionCount").GetInt32());
        JsonElement eviction = one.RootElement.GetProperty("evictions")[0];
        Assert.NotEqual(name, eviction.GetProperty("evictor").GetString());
        Assert.Equal(4096, eviction.GetProperty("sizeBytes").GetInt64());
        Assert.Contains("in LRU order", eviction.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        (_, output, _) = Gpumm.Run($"explain {trace} --vram 25% --object {number}");
        Assert.Contains("was evicted by BO ", output, StringComparison.Ordinal);
        Assert.Contains("Its history", output, StringComparison.Ordinal);
    }

    [Fact]
    public void AnObjectThatIsNotThereIsAnsweredWithThoseThatAre()
    {
        using LabFolder folder = new();
        (int exitCode, string output, string error) = Gpumm.Run($"explain {folder.Loop("loop.csv", 200, 2)} --vram 25% --object ghost");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("there is no such object; those evicted most: give one of 'object ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void ResultsOfSweepsAreComparedMetricByMetric()
    {
        using LabFolder folder = new();
        string trace = folder.Loop("loop.csv", 100, 5);
        Gpumm.Run($"sweep {trace} --vram 200KiB --out {folder["a.db"]}");
        folder.Loop("loop.csv", 100, 10);
        Gpumm.Run($"sweep {trace} --vram 200KiB --out {folder["b.db"]}");
        (int exitCode, string output, _) = Gpumm.Run($"diff {folder["a.db"]} {folder["b.db"]} --json");
        Assert.Equal(0, exitCode);
        using JsonDocument document = JsonDocument.Parse(output);
        Dictionary<string, (double A, double B)> changes = document.RootElement.GetProperty("changes").EnumerateArray().ToDictionary(
            static change => change.GetProperty("metric").GetString()!, static change => (change.GetProperty("a").GetDouble(), change.GetProperty("b").GetDouble()), StringComparer.Ordinal);
        Assert.Equal((500, 1000), changes["misses"]);
    }
}
