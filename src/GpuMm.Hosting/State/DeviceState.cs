using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Hosting.Machine;

namespace GpuMm.Hosting.State;

/// <summary>
/// Keeps what the keyed clients of a device have: a snapshot, and a journal of all that was done since. What was
/// acknowledged is on the disk.
/// </summary>
/// <remarks>
/// A directory belongs to one process at a time. Snapshot N is the state when journal N begins; a snapshot that was not
/// finished has another name and is dropped. A journal's last record may be torn: it was never acknowledged.
/// </remarks>
public sealed class DeviceState : IDisposable
{
    private const string Unfinished = "snapshot.unfinished";

    private readonly SimulatedGpu _gpu;
    private readonly string _directory;
    private readonly FileStream _lock;
    private readonly object _snapshotGate = new();
    private readonly SessionJournal _journal;
    private ulong _generation; // Lock: _snapshotGate
    private long _snapshotBytes; // Lock: _snapshotGate

    /// <summary>Makes a device what it was, and writes down what is done from now on.</summary>
    /// <param name="gpu">A device without keyed clients.</param>
    /// <param name="directory">Where the state is; made if it is not there.</param>
    /// <exception cref="StateException">Another process uses it, or it is damaged; the message says which file and what to do.</exception>
    public DeviceState(SimulatedGpu gpu, string directory)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _gpu = gpu;
        _directory = directory;
        _lock = Take(directory);
        try
        {
            FileStream journal = Recover();
            _journal = new SessionJournal(new JournalWriter(journal, gpu.Name));
            gpu.Journal = _journal;
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>Records that were read at the start.</summary>
    public long RecoveredRecords { get; private set; }

    /// <summary>Bytes at the end of the last journal that were no whole record: a write that was never acknowledged.</summary>
    public long DiscardedBytes { get; private set; }

    /// <summary>Bytes of the journal since the last snapshot.</summary>
    public long JournalBytes => _journal.Writer.FileBytes;

    /// <summary>Times that the journal was flushed to the disk.</summary>
    public long Flushes => _journal.Writer.Flushes;

    /// <summary>Snapshots written.</summary>
    public int SnapshotCount { get; private set; }

    /// <summary>True when the journal is so long that a snapshot is worth while.</summary>
    public bool WantsSnapshot => JournalBytes > Math.Max(64L << 20, 2 * _snapshotBytes);

    /// <summary>Writes a snapshot, and drops the journals before it. Clients wait only while who holds what is copied.</summary>
    public void Snapshot()
    {
        lock (_snapshotGate)
        {
            using GpuSpan? span = GpuSpan.Begin(GpuMmDiagnostics.SnapshotActivity, _gpu);
            ulong next = _generation + 1;
            string unfinished = Path.Combine(_directory, Unfinished);
            using (FileStream stream = new(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                StateFile.WriteHead(stream, isSnapshot: true, next);
                Freeze(next).Write(stream);
                stream.Flush(flushToDisk: true);
                _snapshotBytes = stream.Length;
            }

            File.Move(unfinished, StateFile.SnapshotPath(_directory, next), overwrite: true);
            DropBefore(next);
            SnapshotCount++;
        }
    }

    /// <summary>Writes what is left, and lets go of the directory.</summary>
    public void Dispose()
    {
        _gpu.Journal = null;
        _journal.Writer.Dispose();
        _lock.Dispose();
    }

    private static FileStream Take(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            return new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"{directory}: the directory cannot be used ({failure.Message}); stop the other service that uses it, or give another one.", failure);
        }
    }

    // No client does anything meanwhile: each call of a client holds its lock from deed to record.
    private StateSnapshot Freeze(ulong generation) => _gpu.SessionTable.Freeze(sessions =>
    {
        // The journal before is whole when this one appears. It is begun once, also when the snapshot comes to nothing: a
        // recovery reads both.
        _journal.Writer.SwitchTo(() => CreateJournal(generation));
        _generation = generation;
        return new StateSnapshot(_gpu, sessions);
    });

    private FileStream CreateJournal(ulong generation)
    {
        FileStream stream = new(StateFile.JournalPath(_directory, generation), FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        StateFile.WriteHead(stream, isSnapshot: false, generation);
        stream.Flush(flushToDisk: true);
        return stream;
    }

    private FileStream Recover()
    {
        List<ulong> snapshots = Generations("snapshot");
        _generation = snapshots.Count == 0 ? 0 : snapshots[^1];
        StateRecovery recovery = new(_gpu, _directory);
        if (snapshots.Count > 0)
        {
            string path = StateFile.SnapshotPath(_directory, _generation);
            using FileStream stream = File.OpenRead(path);
            _snapshotBytes = stream.Length;
            if (!StateFile.TryReadHead(stream, path, isSnapshot: true) || !Replay(stream, path, recovery, out _))
            {
                throw new StateException($"{path}: the snapshot is damaged; put a copy of it in its place, or give another directory.");
            }
        }

        List<ulong> journals = [.. Generations("journal").Where(each => each >= _generation)];
        FileStream? last = null;
        foreach (ulong generation in journals)
        {
            last = RecoverJournal(generation, isLast: generation == journals[^1], recovery);
            _generation = generation;
        }

        return last ?? CreateJournal(_generation);
    }

    private FileStream? RecoverJournal(ulong generation, bool isLast, StateRecovery recovery)
    {
        string path = StateFile.JournalPath(_directory, generation);
        long goodBytes;
        long allBytes;
        using (FileStream stream = File.OpenRead(path))
        {
            allBytes = stream.Length;
            if (!StateFile.TryReadHead(stream, path, isSnapshot: false))
            {
                return isLast ? CreateJournal(generation) : throw new StateException($"{path}: the journal has no head; put a copy of it in its place, or give another directory.");
            }

            Replay(stream, path, recovery, out goodBytes);
        }

        if (!isLast)
        {
            return goodBytes == allBytes ? null
                : throw new StateException($"{path}: the journal is damaged at byte {goodBytes}, and another follows it; put a copy of it in its place, or give another directory.");
        }

        FileStream journal = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 0);
        DiscardedBytes = allBytes - goodBytes;
        journal.SetLength(goodBytes);
        journal.Position = goodBytes;
        return journal;
    }

    // True when the end of a snapshot was met.
    private bool Replay(FileStream stream, string path, StateRecovery recovery, out long goodBytes)
    {
        using BufferedStream buffered = new(stream, 1 << 20);
        RecordReader reader = new(buffered, path);
        reader.BeginAt(StateFile.HeadBytes);
        bool isEnd = false;
        while (!isEnd && reader.TryNext())
        {
            isEnd = recovery.Apply(reader);
            RecoveredRecords++;
        }

        goodBytes = reader.GoodBytes;
        return isEnd;
    }

    private List<ulong> Generations(string kind) =>
        [.. Directory.EnumerateFiles(_directory).Select(path => StateFile.GenerationOf(path, kind)).OfType<ulong>().Order()];

    private void DropBefore(ulong generation)
    {
        foreach (ulong old in Generations("snapshot").Where(each => each < generation))
        {
            File.Delete(StateFile.SnapshotPath(_directory, old));
        }

        foreach (ulong old in Generations("journal").Where(each => each < generation))
        {
            File.Delete(StateFile.JournalPath(_directory, old));
        }
    }
}
