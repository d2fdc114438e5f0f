using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Hosting.Machine;

namespace GpuMm.Hosting.State;

/// <summary>
/// Keeps what the keyed clients of a device have: a snapshot, and a journal of all that was done since. What was
/// acknowledged is on the disk.
/// </summary>
/// <remarks>
/// A directory belongs to one process at a time. Snapshot N is the state when journal N begins; a snapshot that was not
/// finished has another name and is dropped. A journal's last write may be torn: it was never acknowledged. Damage before it is
/// refused, unless salvage is asked for. Files are flushed, and then the names of new ones.
/// </remarks>
public sealed class DeviceState : IDisposable
{
    private const string Unfinished = "snapshot.unfinished";

    private readonly SimulatedGpu _gpu;
    private readonly string _directory;
    private readonly FileStream _lock;
    private readonly DirectoryFlush _names;
    private readonly bool _salvages;
    private readonly object _snapshotGate = new();
    private readonly SessionJournal _journal;
    private ulong _generation; // Lock: _snapshotGate
    private long _snapshotBytes; // Lock: _snapshotGate

    /// <summary>Makes a device what it was, and writes down what is done from now on.</summary>
    /// <param name="gpu">A device without keyed clients.</param>
    /// <param name="directory">Where the state is; made if it is not there.</param>
    /// <param name="salvages">When a journal is damaged, go on with what was done before the damage, and put the journal aside.</param>
    /// <exception cref="StateException">Another process uses it, or it is damaged; the message says which file and what to do.</exception>
    public DeviceState(SimulatedGpu gpu, string directory, bool salvages = false)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _gpu = gpu;
        _directory = directory;
        _salvages = salvages;
        _names = new DirectoryFlush(directory);
        _lock = Take(directory);
        try
        {
            JournalFile journal = Recover();
            _journal = new SessionJournal(new JournalWriter(journal, gpu.Name, gpu.Activity));
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

    /// <summary>Bytes of damaged journals, from the damage on, that salvage dropped; some or all of them were acknowledged.</summary>
    public long SalvageDroppedBytes { get; private set; }

    /// <summary>Whole records among them.</summary>
    public long SalvageDroppedRecords { get; private set; }

    /// <summary>Times that names of new files were flushed to the disk.</summary>
    public long NameFlushes => _names.Count;

    /// <summary>Bytes of the journal since the last snapshot.</summary>
    public long JournalBytes => _journal.Writer.FileBytes;

    /// <summary>Times that the journal was flushed to the disk.</summary>
    public long Flushes => _gpu.Activity.JournalFlushes;

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
            _names.Run(); // Before the journals go that say the same.
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
            if (!Directory.Exists(directory))
            {
                Directory.CreateDirectory(directory);
                DirectoryFlush.Of(Path.GetDirectoryName(Path.GetFullPath(directory)) ?? directory);
            }

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

    private JournalFile CreateJournal(ulong generation)
    {
        uint number = unchecked((uint)RandomNumberGenerator.GetInt32(int.MinValue, int.MaxValue));
        FileStream stream = new(StateFile.JournalPath(_directory, generation), FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        StateFile.WriteHead(stream, isSnapshot: false, generation, number);
        stream.Flush(flushToDisk: true);
        _names.Run();
        return new JournalFile(stream, number);
    }

    private JournalFile Recover()
    {
        List<ulong> snapshots = Generations("snapshot");
        _generation = snapshots.Count == 0 ? 0 : snapshots[^1];
        StateRecovery recovery = new(_gpu, _directory);
        if (snapshots.Count > 0)
        {
            string path = StateFile.SnapshotPath(_directory, _generation);
            using FileStream stream = File.OpenRead(path);
            _snapshotBytes = stream.Length;
            if (!StateFile.TryReadHead(stream, path, isSnapshot: true, out uint number) || !Replay(stream, path, number, recovery, out _))
            {
                throw new StateException($"{path}: the snapshot is damaged; put a copy of it in its place, or give another directory.");
            }
        }

        List<ulong> journals = [.. Generations("journal").Where(each => each >= _generation)];
        JournalFile? last = null;
        bool isDamaged = false;
        foreach (ulong generation in journals)
        {
            if (isDamaged)
            {
                // What it says stands on what was lost.
                PutAside(StateFile.JournalPath(_directory, generation), StateFile.HeadBytes, NumberOf(StateFile.JournalPath(_directory, generation)));
                File.Delete(StateFile.JournalPath(_directory, generation));
                continue;
            }

            (last, isDamaged) = RecoverJournal(generation, isLast: generation == journals[^1], recovery);
            _generation = generation;
        }

        recovery.Finish();
        return last ?? CreateJournal(_generation);
    }

    private (JournalFile? Journal, bool IsDamaged) RecoverJournal(ulong generation, bool isLast, StateRecovery recovery)
    {
        string path = StateFile.JournalPath(_directory, generation);
        long goodBytes;
        long allBytes;
        uint number;
        using (FileStream stream = File.OpenRead(path))
        {
            allBytes = stream.Length;
            if (!StateFile.TryReadHead(stream, path, isSnapshot: false, out number))
            {
                return isLast ? (CreateJournal(generation), false) : throw new StateException($"{path}: the journal has no head; put a copy of it in its place, or give another directory.");
            }

            Replay(stream, path, number, recovery, out goodBytes);
        }

        // A journal that another follows was whole when that one began.
        long acknowledgedBytes = JournalMark.FindLast(path, goodBytes, number);
        if (goodBytes != allBytes && (acknowledgedBytes >= 0 || !isLast))
        {
            if (!_salvages)
            {
                long lostBytes = (isLast ? acknowledgedBytes : allBytes) - goodBytes;
                throw new StateException($"{path}: the journal is damaged at byte {goodBytes}, and at least {lostBytes} bytes from there on were acknowledged. Put a copy of the file in its place; or start once with salvage (--salvage) to go on with what was done before, and have the file kept as {Path.GetFileName(path)}.damaged.");
            }

            PutAside(path, goodBytes, number);
            return (Reopen(path, goodBytes, number), true);
        }

        if (!isLast)
        {
            return (null, false);
        }

        DiscardedBytes = allBytes - goodBytes;
        return (Reopen(path, goodBytes, number), false);
    }

    private static JournalFile Reopen(string path, long goodBytes, uint number)
    {
        FileStream journal = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 0);
        journal.SetLength(goodBytes);
        journal.Position = goodBytes;
        journal.Flush(flushToDisk: true);
        return new JournalFile(journal, number);
    }

    // Keeps a copy of the whole file, and of the file itself what is good. What is dropped is counted.
    private void PutAside(string path, long goodBytes, uint number)
    {
        SalvageDroppedBytes += Math.Max(0, new FileInfo(path).Length - goodBytes);
        SalvageDroppedRecords += JournalMark.CountRecords(path, goodBytes, number);
        File.Copy(path, path + ".damaged", overwrite: true);
        using (FileStream copy = new(path + ".damaged", FileMode.Open, FileAccess.ReadWrite))
        {
            copy.Flush(flushToDisk: true);
        }

        _names.Run();
    }

    private static uint NumberOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return StateFile.TryReadHead(stream, path, isSnapshot: false, out uint number) ? number : 0;
    }

    // True when the end of a snapshot was met.
    private bool Replay(FileStream stream, string path, uint number, StateRecovery recovery, out long goodBytes)
    {
        using BufferedStream buffered = new(stream, (int)Math.Clamp(stream.Length, 4096, 1 << 20));
        RecordReader reader = new(buffered, path);
        reader.BeginAt(StateFile.HeadBytes);
        bool isEnd = false;
        while (!isEnd)
        {
            long place = reader.GoodBytes;
            if (!reader.TryNext())
            {
                break;
            }

            if (reader.Kind != RecordKind.Mark)
            {
                isEnd = recovery.Apply(reader);
                RecoveredRecords++;
            }
            else if (reader.ULong() != (ulong)place || reader.UInt() != number)
            {
                throw new StateException($"{path}: the mark at byte {place} belongs to another file or place; the file is damaged: put a copy of it in its place, or give another directory.");
            }
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
