using System;
using System.Collections.Generic;

namespace GpuMm.Dashboard.Service;

/// <summary>How the service is started, beside what configuration says about devices.</summary>
public sealed record ServeOptions
{
    /// <summary>Where it listens when nothing is said.</summary>
    public const string UsualAddress = "http://127.0.0.1:5270";

    /// <summary>Addresses to listen on; empty for <see cref="UsualAddress"/>, unless a socket is given.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>A Unix socket to listen on; null for none.</summary>
    public string? SocketPath { get; init; }

    /// <summary>A file of configuration (JSON); null for none.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>Further settings, as <c>key=value</c> with <c>:</c> between parts of the key; they win over the file.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The token that every request must carry; null for none, which only loopback addresses allow.</summary>
    public string? Token { get; init; }

    /// <summary>Where the state is kept; null for nowhere.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Whether it starts without what a damaged journal cannot tell any more, rather than not at all.</summary>
    public bool SalvagesState { get; init; }

    /// <summary>Workloads to start at once, by name; each may be followed by <c>@device</c>.</summary>
    public IReadOnlyList<string> Workloads { get; init; } = [];

    /// <summary>Recordings that can be played as workloads, as <c>name=file</c>.</summary>
    public IReadOnlyList<string> Traces { get; init; } = [];

    /// <summary>Whether pages are served beside the API.</summary>
    public bool HasPages { get; init; } = true;

    /// <summary>Whether it logs more than warnings.</summary>
    public bool IsVerbose { get; init; }

    /// <summary>How long a client may be silent when it says nothing else.</summary>
    public TimeSpan UsualLease { get; init; } = TimeSpan.FromSeconds(30);
}
