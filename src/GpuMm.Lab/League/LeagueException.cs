using System;

namespace GpuMm.Lab.League;

/// <summary>What a user gave cannot be used. The message is one sentence that says what, where and how to put it right.</summary>
public sealed class LeagueException : Exception
{
    /// <summary>An error without a message.</summary>
    public LeagueException()
    {
    }

    /// <summary>An error.</summary>
    /// <param name="message">What is wrong.</param>
    public LeagueException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a cause.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="cause">Why.</param>
    public LeagueException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
