using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using GpuMm.Lab.League;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.LabTests.League;

/// <summary>A league counts the same, whatever format its requests come in.</summary>
public sealed class LeagueFormatTests
{
    [Theory]
    [InlineData("csv")]
    [InlineData("columns")]
    [InlineData("native")]
    public void TheRequestsCountAndNotTheirFormat(string format)
    {
        OracleRecord[] records = RandomTrace.Make(11, out _);
        foreach (ref OracleRecord record in records.AsSpan())
        {
            record.ObjectBytes *= 4096; // Shares of the working set are whole pages.
        }

        string oracle = RandomTrace.Write(records);
        string other = Path.Combine(Path.GetTempPath(), $"gpumm-test-{Guid.NewGuid():N}");
        try
        {
            string? columns = Convert(records, format, other);
            LeagueResult expected = Play(oracle, null);
            LeagueResult actual = Play(other, columns);
            Assert.True(expected.Rows.Count > 5 && expected.Rows.All(static row => row.Counts.Misses > 0), "Something is compared.");
            Assert.Equal(expected.Rows, actual.Rows);
            Assert.Equal((expected.Objects, expected.WorkingSet), (actual.Objects, actual.WorkingSet));
        }
        finally
        {
            File.Delete(oracle);
            File.Delete(other);
        }
    }

    [Fact]
    public void ATraceWithoutAccessesIsRefused()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gpumm-test-{Guid.NewGuid():N}");
        try
        {
            Convert([], "native", path);
            LeagueException problem = Assert.Throws<LeagueException>(() => Play(path, null));
            Assert.Contains("there is no request in it", problem.Message, StringComparison.Ordinal);
            Assert.Contains(path, problem.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(0L)]
    [InlineData(1L << 40)] // As in the head of a longer trace.
    public void NextUsesThatAreNotTrueAreFoundAnew(long untrue)
    {
        OracleRecord[] records = RandomTrace.Make(11, out _);
        foreach (ref OracleRecord record in records.AsSpan())
        {
            record.ObjectBytes *= 4096;
        }

        string known = RandomTrace.Write(records);
        for (int i = records.Length / 2; i < records.Length; i++)
        {
            records[i].Next = untrue;
        }

        string unknown = RandomTrace.Write(records);
        try
        {
            Assert.Equal(Play(known, null).Rows, Play(unknown, null).Rows);
            using ResidencyTrace trace = ResidencyTrace.Open(unknown, new TraceOpenOptions { From = "oracle" });
            Assert.Null(trace.FutureProblem);
            (ReplayCounts counts, long bytes) = trace.Play("belady", CapacitySpec.ParseList("30%", countsObjects: false)[0], CancellationToken.None);
            Assert.Equal(counts, Play(known, null).Rows.Single(row => row.Policy == "belady" && row.Capacity == bytes).Counts);
            Assert.NotNull(trace.FutureProblem);
        }
        finally
        {
            File.Delete(known);
            File.Delete(unknown);
        }
    }

    private static LeagueResult Play(string path, string? columns)
    {
        using ResidencyTrace trace = ResidencyTrace.Open(
            path, new TraceOpenOptions { Columns = columns, From = path.EndsWith(".oracleGeneral", StringComparison.Ordinal) ? "oracle" : null });
        return trace.PlayLeague(new LeagueOptions
        {
            Policies = ["lru", "sieve", "belady", "bound"],
            Capacities = CapacitySpec.ParseList("5%,30%", countsObjects: false),
        });
    }

    // Answers what must be said of the columns. Requests of size 0 are none, in every format.
    private static string? Convert(OracleRecord[] records, string format, string path)
    {
        if (format == "native")
        {
            using ITraceWriter writer = TraceFiles.Create(File.Create(path), path, "gmmt");
            for (int i = 0; i < records.Length; i++)
            {
                if (records[i].ObjectBytes == 0)
                {
                    continue;
                }

                writer.Write(new TraceEvent { Kind = TraceKind.Create, TimeNs = i, ObjectId = records[i].Id, SizeBytes = 1 });
                writer.Write(new TraceEvent { Kind = TraceKind.Use, TimeNs = i, ObjectId = records[i].Id, SizeBytes = records[i].ObjectBytes });
            }

            writer.Complete();
            return null;
        }

        StringBuilder text = new(format == "csv" ? "time,obj_id,obj_size\n" : string.Empty);
        foreach (OracleRecord record in records)
        {
            text.AppendLine(format == "csv"
                ? string.Create(CultureInfo.InvariantCulture, $"{record.Time},{record.Id},{record.ObjectBytes}")
                : string.Create(CultureInfo.InvariantCulture, $"x;{record.ObjectBytes};{record.Id}"));
        }

        File.WriteAllText(path, text.ToString());
        return format == "csv" ? null : "time-col=0,obj-id-col=3,obj-size-col=2,delimiter=;,has-header=false";
    }
}
