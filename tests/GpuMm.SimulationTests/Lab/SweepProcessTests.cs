using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using GpuMm.Lab.Sweep;
using GpuMm.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace GpuMm.SimulationTests.Lab;

/// <summary>Sweeps as processes: killed, interrupted, shared among machines.</summary>
public sealed partial class SweepProcessTests
{
    private const int AllRuns = 32; // 4 policies * 8 sizes

    [Fact]
    public void ASweepThatIsKilledGoesOnWithNothingLostAndNothingDoneTwice()
    {
        using LabFolder folder = new();
        string store = folder["results.db"];
        CommandLine sweep = $"sweep {LabFolder.Zipf} --policy lru,sieve,s3fifo,arc --vram auto --jobs 2 --out {store}";
        Dictionary<string, double> before;

        // Storing the sixth never ends: however late the kill comes, it meets a sweep that is under way, and in the middle of it.
        ResultStore.Open(store).Dispose();
        Execute(store, """
            CREATE VIEW forever AS WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT n FROM number;
            CREATE TRIGGER hold AFTER INSERT ON run WHEN (SELECT count(*) FROM run) > 5 BEGIN SELECT max(n) FROM forever; END;
            """);
        using (Process process = Gpumm.Start(sweep.Arguments))
        {
            while (!process.HasExited && Rows(store).Count < 5)
            {
                Thread.Sleep(1);
            }

            process.Kill(); // SIGKILL: no handler runs.
            process.WaitForExit();
            before = Rows(store);
            Assert.NotEqual(0, process.ExitCode);
        }

        Assert.Equal(5, before.Count);
        Execute(store, "DROP TRIGGER hold; DROP VIEW forever;");
        (int exitCode, string output, string error) = Gpumm.Run(sweep);
        Assert.Equal(0, exitCode);
        Assert.Contains($"{AllRuns} of {AllRuns} runs ({before.Count} stored before)", error, StringComparison.Ordinal);
        Dictionary<string, double> after = Rows(store);
        Assert.Equal(AllRuns, after.Count);

        // A run that was done again would have taken another time, told to the nanosecond.
        Assert.All(before, run => Assert.Equal(run.Value, after[run.Key]));
        (_, string again, error) = Gpumm.Run(sweep);
        Assert.Contains($"{AllRuns} of {AllRuns} runs ({AllRuns} stored before)", error, StringComparison.Ordinal);
        Assert.Equal(output, again);
    }

    [Fact]
    public void CtrlCEndsASweepWithTheWayToGoOn()
    {
        using LabFolder folder = new();
        string store = folder["results.db"];
        const int Runs = 10_000; // Work for very long: it is under way whenever the signal comes.
        using Process process = Gpumm.Start(["sweep", "demo:sponza", "--seed", "1..10000", "--frames", "2000", "--jobs", "1", "--out", store]);
        while (!process.HasExited && Rows(store).Count < 1)
        {
            Thread.Sleep(1);
        }

        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        (int exitCode, string output, string error) = Gpumm.End(process);
        Assert.Equal((1, ""), (exitCode, output));
        Assert.EndsWith($"gpumm: stopped; {store} holds what was done, and the same command goes on from there.\n", error, StringComparison.Ordinal);
        Assert.InRange(Rows(store).Count, 1, Runs - 1);
    }

    [Fact]
    public void PartsOfASweepMergeIntoTheWhole()
    {
        using LabFolder folder = new();
        string trace = folder.Loop("loop.csv", 100, 5);
        CommandLine axes = $"sweep {trace} --policy lru,sieve,belady --vram 10%,50%,100KiB --csv";
        (_, string whole, _) = Gpumm.Run(axes);
        int lines = 0;
        for (int part = 0; part < 2; part++)
        {
            // The way of a Kubernetes Indexed Job: each pod has its index in this variable.
            (int exitCode, string output, _) = Gpumm.Run(
                $"{axes} --shard auto/2 --out {folder[$"part{part}.db"]}", ("JOB_COMPLETION_INDEX", part.ToString(CultureInfo.InvariantCulture)));
            Assert.Equal(0, exitCode);
            lines += output.Count(static letter => letter == '\n') - 1;
        }

        Assert.Equal(9, lines);
        Assert.Equal(0, Gpumm.Run($"merge {folder["part0.db"]} {folder["part1.db"]} --out {folder["all.db"]}").ExitCode);
        (_, string merged, string error) = Gpumm.Run($"{axes} --out {folder["all.db"]}");
        Assert.Contains("9 of 9 runs (9 stored before)", error, StringComparison.Ordinal);
        Assert.Equal(whole, merged);
    }

    [Fact]
    public void ADryRunPrintsTheMatrixAndDoesNothing()
    {
        using LabFolder folder = new();
        string trace = folder.Loop("loop.csv", 10, 2);
        (int exitCode, string output, string error) = Gpumm.Run($"sweep {trace} --policy lru,sieve --vram 10%,20KiB --dry-run --out {folder["none.db"]}");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(
            $"trace={trace} policy=lru vram=10%\ntrace={trace} policy=lru vram=20KiB\ntrace={trace} policy=sieve vram=10%\ntrace={trace} policy=sieve vram=20KiB\n", output);
        Assert.False(File.Exists(folder["none.db"]));
    }

    [Fact]
    public void EveryFormSaysTheSameNumbers()
    {
        using LabFolder folder = new();
        string trace = folder.Loop("loop.csv", 10, 3);

        // 10 objects in turn, room for 5: lru always evicts what comes next, so every request misses.
        CommandLine sweep = $"sweep {trace} --policy lru --vram 50%";
        Assert.Equal(
            "trace,policy,vram,byte-miss-ratio,capacity-bytes,evictions,miss-ratio,missed-bytes,misses,refusals,requests\n" +
            $"{trace},lru,50%,1,20480,25,1,122880,30,0,30\n",
            Gpumm.Run(sweep + " --csv").Output);
        string metrics = "\"metrics\":{\"byte-miss-ratio\":1,\"capacity-bytes\":20480,\"evictions\":25,\"miss-ratio\":1,\"missed-bytes\":122880,\"misses\":30,\"refusals\":0,\"requests\":30}";
        string line = Key().Replace(Gpumm.Run(sweep + " --ndjson").Output, "KEY");
        Assert.Equal($"{{\"key\":\"KEY\",\"run\":{{\"trace\":\"{trace}\",\"policy\":\"lru\",\"vram\":\"50%\"}},{metrics}}}\n", line);
        string document = Key().Replace(Gpumm.Run(sweep + " --json").Output, "KEY");
        Assert.Equal(Blank().Replace($"{{\"schemaVersion\":1,\"runs\":[{line}]}}", ""), Blank().Replace(document, ""));
        (_, string table, _) = Gpumm.Run(sweep);
        Assert.Matches("lru +50% +100% ", table);
    }

    [Fact]
    public void ASweepCountsAsLibCacheSimDoes()
    {
        string[][] golden = [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Data", "miss-counts.csv")).Skip(1).Select(static line => line.Split(','))];
        string policies = string.Join(',', golden.Select(static row => row[1]).Distinct(StringComparer.Ordinal));
        string sizes = string.Join(',', golden.Select(static row => row[2]).Distinct(StringComparer.Ordinal));
        (int exitCode, string output, _) = Gpumm.Run($"sweep {LabFolder.Zipf} --policy {policies} --vram {sizes} --csv");
        Assert.Equal(0, exitCode);
        string[][] rows = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(','))];
        string[] names = ["policy", "vram", "requests", "misses", "missed-bytes"];
        int[] columns = [.. names.Select(name => Array.IndexOf(rows[0], name))];
        string[] told = [.. rows.Skip(1).Select(row => string.Join(',', columns.Select(column => row[column]))).Order(StringComparer.Ordinal)];
        Assert.Equal(golden.Select(static row => string.Join(',', row.Skip(1))).Order(StringComparer.Ordinal), told);
        Assert.Equal(16, told.Length);
    }

    [Theory]
    [InlineData("NO_COLOR", "1")]
    [InlineData("TERM", "xterm-256color")]
    public void NothingButTextGoesToAPipe(string name, string value)
    {
        using LabFolder folder = new();
        (_, string output, string error) = Gpumm.Run($"sweep {folder.Loop("loop.csv", 10, 3)} --policy lru,fifo --vram 10%,20%,30%", (name, value));
        Assert.DoesNotContain('\u001b', output + error);
        Assert.DoesNotContain('\r', output + error);
        Assert.Contains("6 of 6 runs", error, StringComparison.Ordinal);
    }

    [GeneratedRegex("[0-9a-f]{64}", RegexOptions.None, 5000)]
    private static partial Regex Key();

    [GeneratedRegex("[ \n]", RegexOptions.None, 5000)]
    private static partial Regex Blank();

    private static void Execute(string path, string text)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    // Read from beside the process that writes; no result yet counts as none.
    private static Dictionary<string, double> Rows(string path)
    {
        Dictionary<string, double> rows = new(StringComparer.Ordinal);
        if (!File.Exists(path))
        {
            return rows;
        }

        try
        {
            using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = SqliteOpenMode.ReadWrite }.ToString());
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT key, wall_ms FROM run WHERE metrics IS NOT NULL";
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows.Add(reader.GetString(0), reader.GetDouble(1));
            }
        }
        catch (SqliteException)
        {
            rows.Clear(); // Its tables are not made yet.
        }

        return rows;
    }
}
