using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace GpuMm.Dashboard.Api;

/// <summary>Which events somebody wants.</summary>
internal sealed class EventFilter
{
    private readonly HashSet<DeviceEventKind>? _kinds;
    private readonly int? _clientId;

    private EventFilter(HashSet<DeviceEventKind>? kinds, int? clientId)
    {
        _kinds = kinds;
        _clientId = clientId;
    }

    public static EventFilter Parse(string? kinds, int? clientId)
    {
        if (string.IsNullOrEmpty(kinds))
        {
            return new EventFilter(null, clientId);
        }

        HashSet<DeviceEventKind> wanted = [];
        foreach (string name in kinds.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            wanted.Add(Enum.TryParse(name, ignoreCase: true, out DeviceEventKind kind) && char.IsAsciiLetter(name[0])
                ? kind
                : throw new ApiException(StatusCodes.Status400BadRequest, $"There is no kind of event '{name}'; there are {string.Join(", ", Enum.GetNames<DeviceEventKind>().Skip(1).Select(Words.Camel))}."));
        }

        return new EventFilter(wanted, clientId);
    }

    public bool Passes(DeviceEvent occurred) =>
        (_kinds is null || _kinds.Contains(occurred.Kind)) && (_clientId is null || occurred.ClientId == _clientId);
}
