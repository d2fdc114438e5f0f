using System.Threading;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>Pages that a thread gave back and will soon want again, kept apart so that threads do not meet. Lock: one of its own.</summary>
/// <param name="allocator">Whose the pages are.</param>
/// <remarks>As <see cref="BumpBuffer"/> does it with the space of a domain, whose lock guards its notes as well.</remarks>
internal sealed class PageShelf(ISpaceAllocator allocator) : IKeptPart
{
    /// <summary>Runs that a shelf keeps; the next one is given back at once.</summary>
    public const int Capacity = 2;

    private readonly RankedLock _lock = new(LockRank.BumpBuffer);
    private readonly SpaceRange[] _runs = new SpaceRange[Capacity]; // Lock: _lock
    private int _count; // Lock: _lock
    private ulong _sizeBytes; // Lock: _lock; read without it
    private ulong _changes; // Lock: _lock; read without it
    private bool _isOpen; // Lock: that of the pages and _lock to change, so either will do to read

    /// <summary>Bytes that are kept.</summary>
    public ulong KeptBytes => Volatile.Read(ref _sizeBytes);

    /// <summary>Grows with every taking and giving.</summary>
    public ulong Changes => Volatile.Read(ref _changes);

    /// <summary>Whether pages may be kept. Lock: that of the pages.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>From now on pages may be kept. Lock: that of the pages.</summary>
    public void Open()
    {
        using RankedLock.Scope scope = _lock.Enter();
        _isOpen = true;
    }

    /// <inheritdoc/>
    public void GiveBack(bool closes)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _isOpen &= !closes;
        for (int i = 0; i < _count; i++)
        {
            RangeList run = default;
            run.Add(_runs[i]);
            allocator.Release(ref run);
        }

        _count = 0;
        Volatile.Write(ref _sizeBytes, 0);
    }

    /// <summary>Keeps a run; false when the shelf is not open or is full.</summary>
    public bool TryGive(SpaceRange run)
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (!_isOpen || _count == Capacity)
        {
            return false;
        }

        _runs[_count++] = run;
        Volatile.Write(ref _changes, _changes + 1); // First: who sees the new size sees that it changed.
        Volatile.Write(ref _sizeBytes, _sizeBytes + run.Range.SizeBytes);
        return true;
    }

    /// <summary>A run of exactly this size.</summary>
    public bool TryTake(ulong sizeBytes, out SpaceRange run)
    {
        using RankedLock.Scope scope = _lock.Enter();
        for (int i = _count - 1; i >= 0; i--)
        {
            if (_runs[i].Range.SizeBytes == sizeBytes)
            {
                run = _runs[i];
                _runs[i] = _runs[--_count];
                Volatile.Write(ref _changes, _changes + 1);
                Volatile.Write(ref _sizeBytes, _sizeBytes - sizeBytes);
                return true;
            }
        }

        run = default;
        return false;
    }
}
