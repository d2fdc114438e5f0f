using System;
using GpuMm.Objects;
using GpuMm.Primitives;

namespace GpuMm.Hosting.Sessions;

/// <content>What the client is promised in each domain, and what it may use there: a group of its own in the device's tree.</content>
public sealed partial class GpuSession
{
    /// <summary>What the client is promised in a domain, and may use there.</summary>
    /// <param name="domain">The domain.</param>
    public MemoryLimits DomainLimits(MemoryDomain domain) => _group.LimitsOf(domain);

    /// <summary>What its objects use in a domain; an object that others opened too counts for who made it.</summary>
    /// <param name="domain">The domain.</param>
    public MemoryUsage DomainUsage(MemoryDomain domain) => _group.UsageOf(domain);

    /// <summary>Sets all three limits of a domain.</summary>
    /// <param name="domain"><see cref="MemoryDomain.Vram"/>, <see cref="MemoryDomain.Gtt"/> or <see cref="MemoryDomain.System"/>.</param>
    /// <param name="limits">Minimum and low mark may not be more than the maximum.</param>
    /// <returns>Null, or why not: nothing is changed then.</returns>
    public SessionError? SetDomainLimits(MemoryDomain domain, MemoryLimits limits)
    {
        if (GroupTable.CheckLimits(domain, limits) is { } error)
        {
            return error;
        }

        lock (_gate)
        {
            if (_isReleased)
            {
                return SessionError.Released;
            }

            if (_group.SetLimits(domain, limits) != MmStatus.Ok)
            {
                return new SessionError(SessionErrorKind.Conflict, $"Client {Id} uses {ByteSize.Format(DomainUsage(domain).CurrentBytes)} there already, more than {ByteSize.Format(limits.MaxBytes)}; have it move or destroy objects first, or give more.");
            }

            _gpu.Journal?.GroupLimited(this, domain, limits);
            return null;
        }
    }

    // After a restart an object may lie where it did not lie before. What is too much moves out; what cannot may not grow.
    internal void RestoreDomainLimits(MemoryDomain domain, MemoryLimits limits)
    {
        if (!TryMakeRoom(domain, () => _group.SetLimits(domain, limits) == MmStatus.Ok))
        {
            _group.SetLimits(domain, limits with { MaxBytes = DomainUsage(domain).CurrentBytes });
        }
    }

    // Moves the client's own objects out of a domain, one after the other, until it is enough.
    internal bool TryMakeRoom(MemoryDomain domain, Func<bool> isEnough)
    {
        lock (_gate)
        {
            foreach (HandleEntry entry in _handles.Values)
            {
                if (isEnough())
                {
                    return true;
                }

                BufferObject target = entry.Tracked.Target;
                if (ReferenceEquals(target.Group, _group) && target.PinCount == 0 && target.Resource?.Domain == domain && domain != MemoryDomain.System)
                {
                    WithReservation(entry, "Moving out of a limited domain", Placement.System);
                }
            }

            return isEnough();
        }
    }
}
