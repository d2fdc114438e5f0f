using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Hosting.Machine;
using GpuMm.Objects;
using GpuMm.Primitives;

namespace GpuMm.Hosting.Sessions;

/// <summary>The groups that clients are opened in: a tree, and what is set for a group holds for all inside it together.</summary>
/// <remarks>
/// Safe for concurrent use. Lock: that of the table of clients, so that no group goes while a client is opened in it, and a snapshot
/// sees clients and groups of one moment.
/// </remarks>
public sealed class GroupTable
{
    /// <summary>Most groups of a device.</summary>
    public const int MaxGroups = 1024;

    /// <summary>Groups in groups: longest path, in names.</summary>
    public const int MaxDepth = 8;

    /// <summary>Longest name of a group, characters.</summary>
    public const int MaxNameLength = 64;

    private readonly SimulatedGpu _gpu;
    private readonly object _gate;
    private readonly SortedDictionary<string, NamedGroup> _groups = new(PathOrder.Instance); // Lock: _gate; each after the one round it

    internal GroupTable(SimulatedGpu gpu, object gate)
    {
        _gpu = gpu;
        _gate = gate;
    }

    /// <summary>The paths, each after the group that it lies in.</summary>
    public IReadOnlyList<string> Paths => [.. Snapshot().Select(static each => each.Path)];

    /// <summary>Makes a group.</summary>
    /// <param name="path">Names of letters, digits, '.', '-' and '_', with '/' between them; all but the last are there already.</param>
    /// <returns>Null, or why not.</returns>
    public SessionError? TryCreate(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!IsPath(path))
        {
            return new SessionError(SessionErrorKind.Invalid, $"A group's path is 1 to {MaxDepth} names with '/' between them, each of 1 to {MaxNameLength} letters, digits, '.', '-' and '_', such as games/shooter.");
        }

        lock (_gate)
        {
            if (_groups.ContainsKey(path))
            {
                return new SessionError(SessionErrorKind.Conflict, $"There is a group '{path}' already.");
            }

            if (_groups.Count >= MaxGroups)
            {
                return new SessionError(SessionErrorKind.LimitReached, $"The device '{_gpu.Name}' has {MaxGroups} groups, and that is the limit; remove one.");
            }

            int slash = path.LastIndexOf('/');
            MemoryGroup round = _gpu.Device.RootGroup;
            if (slash >= 0)
            {
                if (!_groups.TryGetValue(path[..slash], out NamedGroup? parent))
                {
                    return NoGroup(path[..slash]);
                }

                round = parent.Group;
            }

            _groups.Add(path, new NamedGroup(path, round.CreateChild(path[(slash + 1)..])));
            _gpu.Journal?.GroupMade(path);
            return null;
        }
    }

    /// <summary>Removes a group that nothing is in.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>Null, or why not.</returns>
    public SessionError? TryRemove(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        NamedGroup? found;
        lock (_gate)
        {
            if (!_groups.TryGetValue(path, out found))
            {
                return NoGroup(path);
            }

            if (_gpu.Sessions.Any(session => session.GroupPath == path) || _groups.Keys.Any(each => each.StartsWith(path + "/", StringComparison.Ordinal)))
            {
                return new SessionError(SessionErrorKind.Conflict, $"The group '{path}' is not empty: close the clients in it and remove the groups in it first.");
            }

            _groups.Remove(path);
            foreach (MemoryDomain domain in (ReadOnlySpan<MemoryDomain>)[MemoryDomain.Vram, MemoryDomain.Gtt, MemoryDomain.System])
            {
                found.Group.SetLimits(domain, new MemoryLimits());
            }

            _gpu.Journal?.GroupRemoved(path);
        }

        // What clients of it left behind, for others or for the GPU, keeps its node a while.
        _gpu.SessionTable.Retire(found.Group);
        return null;
    }

    /// <summary>Sets all three limits of a domain for all that is in a group together.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="domain"><see cref="MemoryDomain.Vram"/>, <see cref="MemoryDomain.Gtt"/> or <see cref="MemoryDomain.System"/>.</param>
    /// <param name="limits">Minimum and low mark may not be more than the maximum.</param>
    /// <returns>Null, or why not: nothing is changed then.</returns>
    public SessionError? SetLimits(string path, MemoryDomain domain, MemoryLimits limits)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (CheckLimits(domain, limits) is { } error)
        {
            return error;
        }

        lock (_gate)
        {
            if (!_groups.TryGetValue(path, out NamedGroup? found))
            {
                return NoGroup(path);
            }

            if (found.Group.SetLimits(domain, limits) != MmStatus.Ok)
            {
                return new SessionError(SessionErrorKind.Conflict, $"The group '{path}' uses {ByteSize.Format(found.Group.UsageOf(domain).CurrentBytes)} there already, more than {ByteSize.Format(limits.MaxBytes)}; have its clients move or destroy objects first, or give more.");
            }

            _gpu.Journal?.NamedGroupLimited(path, domain, limits);
            return null;
        }
    }

    internal static SessionError? CheckLimits(MemoryDomain domain, MemoryLimits limits)
    {
        if (domain is not (MemoryDomain.Vram or MemoryDomain.Gtt or MemoryDomain.System))
        {
            return new SessionError(SessionErrorKind.Invalid, "There are limits in vram, gtt and system.");
        }

        return limits.MinBytes <= limits.MaxBytes && limits.LowBytes <= limits.MaxBytes ? null
            : new SessionError(SessionErrorKind.Invalid, $"min is {ByteSize.Format(limits.MinBytes)}, low {ByteSize.Format(limits.LowBytes)} and max {ByteSize.Format(limits.MaxBytes)}; neither of the first two may be more than max.");
    }

    internal IReadOnlyList<NamedGroup> Snapshot()
    {
        lock (_gate)
        {
            return [.. _groups.Values];
        }
    }

    internal NamedGroup? Find(string path)
    {
        lock (_gate)
        {
            return _groups.GetValueOrDefault(path);
        }
    }

    // Lock: _gate, until the client is in its group.
    internal SessionError? TryNodeFor(string? path, out MemoryGroup node)
    {
        node = _gpu.Device.RootGroup;
        if (string.IsNullOrEmpty(path))
        {
            return null;
        }

        if (!_groups.TryGetValue(path, out NamedGroup? found))
        {
            return NoGroup(path);
        }

        node = found.Group;
        return null;
    }

    private static SessionError NoGroup(string path) =>
        new(SessionErrorKind.NotFound, $"There is no group '{(path.Length <= 200 ? path : path[..200])}'; make it first.");

    private static bool IsPath(string path)
    {
        string[] names = path.Length <= MaxDepth * (MaxNameLength + 1) ? path.Split('/') : [];
        return names.Length is >= 1 and <= MaxDepth && names.All(static name =>
            name.Length is >= 1 and <= MaxNameLength && name is not ("." or "..") && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'));
    }

    // By names, not by characters: "a/b" comes after "a" and before "a-b".
    private sealed class PathOrder : IComparer<string>
    {
        public static PathOrder Instance { get; } = new();

        public int Compare(string? x, string? y)
        {
            string[] left = x!.Split('/');
            string[] right = y!.Split('/');
            for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
            {
                if (string.CompareOrdinal(left[i], right[i]) is var order and not 0)
                {
                    return order;
                }
            }

            return left.Length - right.Length;
        }
    }
}
