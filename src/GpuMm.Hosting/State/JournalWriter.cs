using System;
using System.Buffers;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Views;

namespace GpuMm.Hosting.State;

/// <summary>
/// Appends records to a file and tells when they are on the disk. Records that come while the disk is busy go together in
/// one write and one flush.
/// </summary>
/// <remarks>Safe for concurrent use; one thread of its own writes. After a failure nothing is promised any more.</remarks>
internal sealed class JournalWriter : IDisposable
{
    private const int MaxPendingBytes = 64 << 20;
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private readonly GpuActivity _activity;
    private readonly Thread _thread;
    private ArrayBufferWriter<byte> _pending = new(1 << 16); // Lock: _gate
    private ArrayBufferWriter<byte> _writing = new(1 << 16); // The thread's
    private TaskCompletionSource _pendingDone = NewSource(); // Lock: _gate
    private TaskCompletionSource? _writingDone; // Lock: _gate; null while the thread rests
    private readonly byte[] _mark = new byte[JournalMark.Bytes]; // The thread's
    private JournalFile _file; // The thread's
    private Exception? _failure; // Lock: _gate
    private long _fileBytes;
    private bool _isClosing; // Lock: _gate
    private bool _isUnmarked; // Lock: _gate; what was written last has no mark behind it yet
    private bool _isMarking; // Lock: _gate

    public JournalWriter(JournalFile file, string name, GpuActivity activity)
    {
        _file = file;
        _activity = activity;
        _fileBytes = file.Stream.Position;
        _thread = new Thread(Run) { IsBackground = true, Name = $"gpumm journal {name}" };
        _thread.Start();
    }

    /// <summary>Why nothing is written any more; null while all is well.</summary>
    public Exception? Failure
    {
        get
        {
            lock (_gate)
            {
                return _failure;
            }
        }
    }

    /// <summary>Size of the file that is written to.</summary>
    public long FileBytes => Volatile.Read(ref _fileBytes);

    /// <summary>Appends a record. Waits only while very much is unwritten.</summary>
    public void Append(RecordBuilder record)
    {
        lock (_gate)
        {
            while (_pending.WrittenCount > MaxPendingBytes && _failure is null)
            {
                Monitor.Wait(_gate);
            }

            if (_failure is null)
            {
                record.AppendTo(_pending);
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Ends when all that was appended so far is on the disk; fails when it never will be.</summary>
    public ValueTask WhenDurableAsync()
    {
        lock (_gate)
        {
            return _failure is not null ? new ValueTask(Task.FromException(Broken(_failure)))
                : _pending.WrittenCount > 0 ? new ValueTask(_pendingDone.Task)
                : _writingDone is { } writing ? new ValueTask(writing.Task)
                : ValueTask.CompletedTask;
        }
    }

    /// <summary>What is appended from now on goes into another file. All that was appended before is on the disk on return.</summary>
    public void SwitchTo(Func<JournalFile> open)
    {
        lock (_gate)
        {
            while (_failure is null && (_pending.WrittenCount > 0 || _writingDone is not null || _isMarking))
            {
                Monitor.Wait(_gate);
            }

            JournalFile next = open();
            _file.Stream.Dispose();
            _file = next;
            _isUnmarked = false;
            Volatile.Write(ref _fileBytes, next.Stream.Position);
        }
    }

    /// <summary>Writes what is left, and stops.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
        _file.Stream.Dispose();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static StateException Broken(Exception failure) =>
        new($"The journal cannot be written ({failure.Message}); what was done now may be gone after a restart.", failure);

    private void Run()
    {
        while (true)
        {
            TaskCompletionSource done;
            lock (_gate)
            {
                AwaitWorkLocked();
                if (_pending.WrittenCount == 0 && _failure is null && _isClosing)
                {
                    return;
                }

                if (_failure is not null)
                {
                    break;
                }

                (_pending, _writing) = (_writing, _pending);
                done = _pendingDone;
                _writingDone = done;
                _pendingDone = NewSource();
                Monitor.PulseAll(_gate);
            }

            Exception? failure = Write();
            lock (_gate)
            {
                _writingDone = null;
                _isUnmarked = true;
                _failure = failure;
                Monitor.PulseAll(_gate);
            }

            if (failure is not null)
            {
                Fail(done, failure);
                return;
            }

            done.SetResult();
        }

        lock (_gate)
        {
            // A mark could not be written: whoever comes from now on is told.
            _pendingDone.TrySetException(Broken(_failure!));
            _ = _pendingDone.Task.Exception;
        }
    }

    // Lock: _gate. On return there is something to write, or the writer closes or has failed.
    private void AwaitWorkLocked()
    {
        while (_pending.WrittenCount == 0 && _failure is null && (!_isClosing || _isUnmarked))
        {
            bool isDisturbed = !_isClosing && (_isUnmarked ? Monitor.Wait(_gate, s_rest) : Monitor.Wait(_gate));
            if (isDisturbed)
            {
                continue;
            }

            // Nobody waits for this one: what it vouches for was acknowledged before.
            _isMarking = true;
            Monitor.Exit(_gate);
            Exception? failure = Write(ReadOnlySpan<byte>.Empty);
            Monitor.Enter(_gate);
            _isMarking = false;
            _isUnmarked = false;
            _failure = failure;
            Monitor.PulseAll(_gate);
        }
    }

    private Exception? Write()
    {
        Exception? failure = Write(_writing.WrittenSpan);
        _writing.ResetWrittenCount();
        return failure;
    }

    // A mark, for all before it is on the disk; then the records.
    private Exception? Write(ReadOnlySpan<byte> records)
    {
        try
        {
            long start = Stopwatch.GetTimestamp();
            JournalMark.Write(_mark, _file.Stream.Position, _file.Number);
            _file.Stream.Write(_mark);
            _file.Stream.Write(records);
            _file.Stream.Flush(flushToDisk: true);
            Interlocked.Add(ref _fileBytes, _mark.Length + records.Length);
            _activity.CountFlush(_mark.Length + records.Length, (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return failure;
        }
    }

    private void Fail(TaskCompletionSource done, Exception failure)
    {
        done.SetException(Broken(failure));
        lock (_gate)
        {
            _pendingDone.TrySetException(Broken(failure));
            _ = _pendingDone.Task.Exception; // Nobody may be waiting.
            _ = done.Task.Exception;
        }
    }
}
