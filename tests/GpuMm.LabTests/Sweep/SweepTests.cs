using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using GpuMm.Lab.Sweep;
using Microsoft.Data.Sqlite;
using Xunit;

namespace GpuMm.LabTests.Sweep;

/// <summary>Matrices, keys, parts, and that nothing stored is lost or done twice.</summary>
public sealed class SweepTests
{
    private static readonly SweepMatrix s_matrix = new([new("policy", ["lru", "sieve", "arc"]), new("vram", ["1GiB", "2GiB"])]);

    [Fact]
    public void AMatrixHoldsEveryCombinationOnceAndTheLastAxisVariesFastest()
    {
        string[] points = [.. Enumerable.Range(0, s_matrix.Count).Select(static i => s_matrix[i].ToString())];
        Assert.Equal(
            ["policy=lru vram=1GiB", "policy=lru vram=2GiB", "policy=sieve vram=1GiB", "policy=sieve vram=2GiB", "policy=arc vram=1GiB", "policy=arc vram=2GiB"],
            points);
    }

    [Theory]
    [InlineData("policy", "lru", "lru", "given twice")]
    [InlineData("Policy", "lru", "fifo", "lower-case")]
    [InlineData("policy", "lru", "", "empty")]
    [InlineData("policy", "a\nb", "c", "line break")]
    public void AnAxisThatIsNotOneIsRefusedWithTheReason(string name, string first, string second, string reason)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new SweepAxis(name, [first, second]));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TooManyRunsAndAxesGivenTwiceAreRefused()
    {
        string[] thousand = [.. Enumerable.Range(0, 1000).Select(static i => $"{i}")];
        Assert.Equal(SweepMatrix.MaxRuns, new SweepMatrix([new("a", thousand), new("b", thousand)]).Count);
        Assert.Throws<ArgumentException>(() => new SweepMatrix([new("a", thousand), new("b", thousand), new("c", ["1", "2"])]));
        Assert.Throws<ArgumentException>(() => new SweepMatrix([new("a", ["1"]), new("a", ["2"])]));
        Assert.Throws<ArgumentException>(() => new SweepMatrix([]));
    }

    [Fact]
    public void AKeyDependsOnValuesInputsAndVersionButNotOnTheOrderOfAxesOrOnFileNames()
    {
        SweepPoint point = new([new("policy", "lru"), new("trace", "a.bin")]);
        SweepPoint turned = new([new("trace", "a.bin"), new("policy", "lru")]);
        SweepPoint renamed = new([new("policy", "lru"), new("trace", "b.bin")]);
        Dictionary<string, string> one = new() { ["trace"] = "11" };
        string key = RunKey.Of(point, one, "1");
        Assert.Equal(key, RunKey.Of(turned, one, "1"));
        Assert.Equal(key, RunKey.Of(renamed, one, "1"));
        Assert.NotEqual(key, RunKey.Of(point, new Dictionary<string, string> { ["trace"] = "12" }, "1"));
        Assert.NotEqual(key, RunKey.Of(point, one, "2"));
        Assert.NotEqual(key, RunKey.Of(point.With("policy", "fifo"), one, "1"));
        Assert.Equal(64, key.Length);
    }

    [Fact]
    public void ASweepDoesEachRunOnceAndTheNextOneDoesNothing()
    {
        using ResultStore store = ResultStore.Open(":memory:");
        CountingRunner runner = new();
        List<SweepProgress> told = [];
        SweepProgress end = SweepExecutor.Run(s_matrix, SweepShard.Whole, runner, store, 2, told.Add, TestContext.Current.CancellationToken);
        Assert.Equal((6, 0, 6, 0, 0), (end.Total, end.Known, end.Done, end.Failed, end.Left));
        Assert.Equal(7, told.Count);
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(1, runner.TimesRun(s_matrix[i])));
        SweepProgress again = SweepExecutor.Run(s_matrix, SweepShard.Whole, runner, store, 2, null, TestContext.Current.CancellationToken);
        Assert.Equal((6, 6, 0), (again.Total, again.Known, again.Done));
        Assert.Equal(6, runner.Total);
        Assert.Equal(6, store.All().Count);
    }

    [Fact]
    public void AFailedRunIsStoredWithItsReasonAndTriedAgain()
    {
        using ResultStore store = ResultStore.Open(":memory:");
        CountingRunner broken = new() { Problem = static point => point["policy"] == "arc" ? "arc needs more memory." : null };
        SweepProgress end = SweepExecutor.Run(s_matrix, SweepShard.Whole, broken, store, 1, null, TestContext.Current.CancellationToken);
        Assert.Equal((6, 2), (end.Done, end.Failed));
        Assert.Equal(2, store.All().Count(static run => run is { Problem: "arc needs more memory.", Metrics: null }));
        CountingRunner whole = new();
        Assert.Equal(2, SweepExecutor.Run(s_matrix, SweepShard.Whole, whole, store, 1, null, TestContext.Current.CancellationToken).Done);
        Assert.All(store.All(), static run => Assert.Null(run.Problem));
    }

    [Fact]
    public void AFaultInOneRunIsToldAndEndsNoOther()
    {
        using ResultStore store = ResultStore.Open(":memory:");
        CountingRunner faulty = new() { Problem = static point => point["policy"] == "arc" ? throw new InvalidOperationException("a hole.") : null };
        SweepProgress end = SweepExecutor.Run(s_matrix, SweepShard.Whole, faulty, store, 2, null, TestContext.Current.CancellationToken);
        Assert.Equal((6, 2, 0), (end.Done, end.Failed, end.Left));
        Assert.Equal(2, store.All().Count(static run => run.Problem == "a fault of this program: InvalidOperationException: a hole."));
    }

    [Fact]
    public void ACancelledSweepKeepsWhatItHadAndGoesOnFromThere()
    {
        using ResultStore store = ResultStore.Open(":memory:");
        using CancellationTokenSource stop = new();
        CountingRunner first = new();
        first.AfterRun = total =>
        {
            if (total == 3)
            {
                stop.Cancel();
            }
        };
        Assert.ThrowsAny<OperationCanceledException>(() => SweepExecutor.Run(s_matrix, SweepShard.Whole, first, store, 1, null, stop.Token));
        Assert.Equal(2, store.All().Count);
        CountingRunner second = new();
        Assert.Equal(4, SweepExecutor.Run(s_matrix, SweepShard.Whole, second, store, 1, null, TestContext.Current.CancellationToken).Done);
        Assert.Equal(4, second.Total);
    }

    [Fact]
    public void PartsShareASweepWithoutGapOrOverlapAndMergeToTheWhole()
    {
        using ResultStore whole = ResultStore.Open(":memory:");
        int added = 0;
        for (int part = 0; part < 4; part++)
        {
            using ResultStore store = ResultStore.Open(":memory:");
            SweepExecutor.Run(s_matrix, new SweepShard(part, 4), new CountingRunner(), store, 1, null, TestContext.Current.CancellationToken);
            (int count, IReadOnlyList<string> conflicts) = whole.MergeFrom(store);
            Assert.Empty(conflicts);
            added += count;
            Assert.Equal(0, whole.MergeFrom(store).Added);
        }

        Assert.Equal(6, added);
        Assert.Equal(0, SweepExecutor.Run(s_matrix, SweepShard.Whole, new CountingRunner(), whole, 1, null, TestContext.Current.CancellationToken).Done);
    }

    [Fact]
    public void TwoResultsForOneKeyAreAConflictAndTheFirstStays()
    {
        using ResultStore store = ResultStore.Open(":memory:");
        StoredRun run = new("k", s_matrix[0], new Dictionary<string, double> { ["misses"] = 1 }, null, 5);
        Assert.True(store.Put(run));
        Assert.True(store.Put(run with { WallMs = 9 }));
        Assert.False(store.Put(run with { Metrics = new Dictionary<string, double> { ["misses"] = 2 } }));
        Assert.True(store.Put(run with { Metrics = null, Problem = "late" }));
        Assert.Equal(1, store.Get("k")!.Metrics!["misses"]);
    }

    [Fact]
    public void AFileKeepsResultsToTheLastBitAndOneWriterAtATime()
    {
        string folder = Directory.CreateTempSubdirectory("gpumm-").FullName;
        try
        {
            string path = Path.Combine(folder, "results.db");
            using (ResultStore store = ResultStore.Open(path))
            {
                SweepExecutor.Run(s_matrix, SweepShard.Whole, new CountingRunner(), store, 2, null, TestContext.Current.CancellationToken);
                SweepRunException refusal = Assert.Throws<SweepRunException>(() => ResultStore.Open(path));
                Assert.Contains("another sweep", refusal.Message, StringComparison.Ordinal);
            }

            using ResultStore again = ResultStore.Open(path);
            Assert.Equal(6, again.All().Count);
            Assert.All(again.All(), static run => Assert.Equal(1.0 / 3, run.Metrics!["third"]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(200)]
    [InlineData(1)] // So short that SQLite would take it for an empty one.
    public void AFileThatIsNoStoreIsRefusedAndNotTouched(int repeats)
    {
        string folder = Directory.CreateTempSubdirectory("gpumm-").FullName;
        try
        {
            string path = Path.Combine(folder, "notes.txt");
            string text = string.Concat(Enumerable.Repeat("not a database at all. ", repeats));
            File.WriteAllText(path, text);
            SweepRunException refusal = Assert.Throws<SweepRunException>(() => ResultStore.Open(path));
            Assert.Contains("notes.txt", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(text, File.ReadAllText(path));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void ADatabaseOfSomebodyElseIsRefusedAndNotTouched()
    {
        string folder = Directory.CreateTempSubdirectory("gpumm-").FullName;
        try
        {
            string path = Path.Combine(folder, "photos.db");
            using (SqliteConnection theirs = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
            {
                theirs.Open();
                using SqliteCommand make = theirs.CreateCommand();
                make.CommandText = "CREATE TABLE photo (name TEXT)";
                make.ExecuteNonQuery();
            }

            byte[] before = File.ReadAllBytes(path);
            SweepRunException refusal = Assert.Throws<SweepRunException>(() => ResultStore.Open(path));
            Assert.Contains("not one of gpumm results", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(before, File.ReadAllBytes(path));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("0/1", 0, 1)]
    [InlineData("3/4", 3, 4)]
    [InlineData("auto/8", 5, 8)]
    public void PartsAreRead(string text, int index, int count)
    {
        Assert.True(SweepShard.TryParse(text, static name => name == "JOB_COMPLETION_INDEX" ? "5" : null, out SweepShard shard, out _));
        Assert.Equal(new SweepShard(index, count), shard);
    }

    [Fact]
    public void ASlurmArrayTellsIndexAndCount()
    {
        Dictionary<string, string> slurm = new()
        {
            ["SLURM_ARRAY_TASK_ID"] = "14",
            ["SLURM_ARRAY_TASK_MIN"] = "10",
            ["SLURM_ARRAY_TASK_STEP"] = "2",
            ["SLURM_ARRAY_TASK_COUNT"] = "4",
        };
        Assert.True(SweepShard.TryParse("auto", slurm.GetValueOrDefault, out SweepShard shard, out _));
        Assert.Equal(new SweepShard(2, 4), shard);
    }

    [Theory]
    [InlineData("4/4", "no part 4 of 4")]
    [InlineData("x/4", "that is no part")]
    [InlineData("1", "that is no part")]
    [InlineData("1/0", "no part 1 of 0")]
    [InlineData("-1/4", "that is no part")]
    [InlineData("auto", "SLURM_ARRAY_TASK_ID")]
    public void WrongPartsGetAReason(string text, string reason)
    {
        Assert.False(SweepShard.TryParse(text, static _ => null, out _, out string? problem));
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }
}
