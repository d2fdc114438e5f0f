using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace GpuMm.Lab.Sweep;

/// <summary>Results of runs in one SQLite file, by key.</summary>
/// <remarks>Each result is one transaction that is on the disk before <see cref="Put"/> returns, so a process that is killed at any
/// moment loses at most the runs it was doing. One process writes at a time: a lock file beside the database keeps a second one out.
/// Safe for many threads.</remarks>
public sealed class ResultStore : IDisposable
{
    private const int FormatVersion = 1;
    private readonly object _lock = new();
    private readonly SqliteConnection _connection;
    private readonly FileStream? _writerLock;

    private ResultStore(SqliteConnection connection, FileStream? writerLock, string path)
    {
        _connection = connection;
        _writerLock = writerLock;
        Path = path;
    }

    /// <summary>The file; ":memory:" when there is none.</summary>
    public string Path { get; }

    /// <summary>Opens a file of results, or makes it.</summary>
    /// <param name="path">The file, or ":memory:".</param>
    /// <exception cref="SweepRunException">The file cannot be opened, is not one of ours, or another process writes to it.</exception>
    public static ResultStore Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        bool isFile = path != ":memory:";
        FileStream? writerLock = null;
        SqliteConnection? connection = null;
        try
        {
            RefuseOthers(path, isFile);
            writerLock = isFile ? new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose) : null;
            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            Prepare(connection, path);
            return new ResultStore(connection, writerLock, path);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException or SweepRunException)
        {
            connection?.Dispose();
            writerLock?.Dispose();
            throw failure as SweepRunException ?? new SweepRunException(failure is SqliteException
                ? $"{path}: {failure.Message} Give a file of gpumm results, or one that does not exist yet."
                : $"{path}: {failure.Message} If another sweep writes to it, wait for that one or give another file.", failure);
        }
    }

    // SQLite takes a file of a few bytes for an empty one, and would write over it.
    private static void RefuseOthers(string path, bool isFile)
    {
        if (!isFile || !File.Exists(path))
        {
            return;
        }

        ReadOnlySpan<byte> magic = "SQLite format 3\0"u8;
        Span<byte> head = stackalloc byte[16];
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        int count = file.ReadAtLeast(head, magic.Length, throwOnEndOfStream: false);
        if (count > 0 && !head[..count].SequenceEqual(magic))
        {
            throw new SweepRunException($"{path}: this is no file of results. Give a file of gpumm results, or one that does not exist yet.");
        }
    }

    /// <summary>Whether a run was done and did not fail.</summary>
    /// <param name="key">Its key.</param>
    public bool HasDone(string key)
    {
        lock (_lock)
        {
            using SqliteCommand command = Command("SELECT 1 FROM run WHERE key = $key AND problem IS NULL", ("$key", key));
            return command.ExecuteScalar() is not null;
        }
    }

    /// <summary>Stores a run, on the disk before this returns.</summary>
    /// <param name="run">The run. A failed one never replaces one that was done; of two that were done the first stays.</param>
    /// <returns>False when the key was there with other metrics: the run is not deterministic, or the version does not say what changed.</returns>
    public bool Put(StoredRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        lock (_lock)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            StoredRun? known = Find(run.Key);
            if (known?.Metrics is null)
            {
                using SqliteCommand command = Command(
                    "INSERT OR REPLACE INTO run (key, point, metrics, problem, wall_ms) VALUES ($key, $point, $metrics, $problem, $wall)",
                    ("$key", run.Key),
                    ("$point", JsonSerializer.Serialize(run.Point.Values.ToArray())),
                    ("$metrics", run.Metrics is null ? DBNull.Value : JsonSerializer.Serialize(run.Metrics)),
                    ("$problem", (object?)run.Problem ?? DBNull.Value),
                    ("$wall", run.WallMs));
                command.ExecuteNonQuery();
                transaction.Commit();
                return true;
            }

            return run.Metrics is null || Same(known.Metrics, run.Metrics);
        }
    }

    /// <summary>One run.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Null when it is not here.</returns>
    public StoredRun? Get(string key)
    {
        lock (_lock)
        {
            return Find(key);
        }
    }

    /// <summary>All runs, in the order in which they were stored first.</summary>
    public IReadOnlyList<StoredRun> All()
    {
        lock (_lock)
        {
            using SqliteCommand command = Command("SELECT key, point, metrics, problem, wall_ms FROM run ORDER BY rowid");
            return Read(command);
        }
    }

    /// <summary>Takes in the results of another store.</summary>
    /// <param name="other">The other store; it is not changed.</param>
    /// <returns>How many runs are new here, and the keys that both have with different metrics (ours stay).</returns>
    public (int Added, IReadOnlyList<string> Conflicts) MergeFrom(ResultStore other)
    {
        ArgumentNullException.ThrowIfNull(other);
        int added = 0;
        List<string> conflicts = [];
        foreach (StoredRun run in other.All())
        {
            bool isNew = Get(run.Key)?.Metrics is null && run.Metrics is not null;
            added += isNew ? 1 : 0;
            if (!Put(run))
            {
                conflicts.Add(run.Key);
            }
        }

        return (added, conflicts);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        _writerLock?.Dispose();
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        using SqliteCommand version = connection.CreateCommand();
        version.CommandText = "PRAGMA user_version";
        long found = (long)version.ExecuteScalar()!;
        if (found > FormatVersion)
        {
            throw new SweepRunException($"{path}: written by a newer gpumm (format {found}, here {FormatVersion}); use that one, or give another file.");
        }

        using SqliteCommand tables = connection.CreateCommand();
        tables.CommandText = found == 0 ? "SELECT count(*) FROM sqlite_master" : "SELECT 0";
        if ((long)tables.ExecuteScalar()! != 0)
        {
            throw new SweepRunException($"{path}: a database, but not one of gpumm results; give another file.");
        }

        // Only now: the mode is kept in the file, and somebody else's file is not ours to change.
        version.CommandText = "PRAGMA journal_mode = WAL";
        version.ExecuteNonQuery();
        version.CommandText = "PRAGMA synchronous = FULL";
        version.ExecuteNonQuery();
        using SqliteCommand make = connection.CreateCommand();
        make.CommandText = $"""
            CREATE TABLE IF NOT EXISTS run (
                key TEXT NOT NULL UNIQUE, point TEXT NOT NULL, metrics TEXT, problem TEXT, wall_ms REAL NOT NULL);
            PRAGMA user_version = {FormatVersion};
            """;
        make.ExecuteNonQuery();
    }

    private static bool Same(IReadOnlyDictionary<string, double> a, IReadOnlyDictionary<string, double> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out double value) && value.Equals(pair.Value));

    private static List<StoredRun> Read(SqliteCommand command)
    {
        using SqliteDataReader reader = command.ExecuteReader();
        List<StoredRun> runs = [];
        while (reader.Read())
        {
            runs.Add(new StoredRun(
                reader.GetString(0),
                new SweepPoint(JsonSerializer.Deserialize<KeyValuePair<string, string>[]>(reader.GetString(1))!),
                reader.IsDBNull(2) ? null : JsonSerializer.Deserialize<SortedDictionary<string, double>>(reader.GetString(2)),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetDouble(4)));
        }

        return runs;
    }

    private StoredRun? Find(string key)
    {
        using SqliteCommand command = Command("SELECT key, point, metrics, problem, wall_ms FROM run WHERE key = $key", ("$key", key));
        return Read(command).FirstOrDefault();
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
