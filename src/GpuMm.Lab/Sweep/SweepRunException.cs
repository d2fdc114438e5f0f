using System;

namespace GpuMm.Lab.Sweep;

/// <summary>A run that cannot be done: a file that is missing or broken, sizes that make no sense together.</summary>
public sealed class SweepRunException : Exception
{
    /// <summary>Says nothing more.</summary>
    public SweepRunException()
        : this("the run cannot be done.")
    {
    }

    /// <summary>Says why.</summary>
    /// <param name="message">What is wrong, and how to put it right.</param>
    public SweepRunException(string message)
        : base(message)
    {
    }

    /// <summary>Says why, and what was thrown.</summary>
    /// <param name="message">What is wrong, and how to put it right.</param>
    /// <param name="inner">What was thrown.</param>
    public SweepRunException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
