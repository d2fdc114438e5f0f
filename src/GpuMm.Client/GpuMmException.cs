using System;

namespace GpuMm.Client;

/// <summary>The service refused a request: why, and what to do about it.</summary>
public sealed class GpuMmException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">What the service says.</param>
    public GpuMmException(int status, string message)
        : base(message)
    {
        Status = status;
    }

    /// <summary>The HTTP status: 400 makes no sense, 403 wrong key, 404 not there, 409 contradicts the state, 410 client released, 422 access fault, 429 limit, 503 not now, 507 no room.</summary>
    public int Status { get; }
}
