using System;
using GpuMm.Hosting.Machine;

namespace GpuMm.Dashboard.Live;

/// <summary>What one viewer looks at: which device, whether the picture stands still. One for each open page.</summary>
public sealed class ViewState(IGpuMmProvider provider)
{
    private string? _device;

    /// <summary>Raised when any of it changes.</summary>
    public event EventHandler? Changed;

    /// <summary>The device that is shown.</summary>
    public string Device
    {
        get => _device ?? provider.Names[0];
        set
        {
            _device = value;
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }

    /// <summary>Raised when <see cref="Problem"/> changes.</summary>
    public event EventHandler? ProblemChanged;

    /// <summary>Why the last refresh came to nothing; null when it did not.</summary>
    public string? Problem { get; private set; }

    /// <summary>The picture stands still.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Light on dark.</summary>
    public bool IsDark { get; private set; } = true;

    /// <summary>Stops the picture, or lets it go on.</summary>
    public void TogglePause()
    {
        IsPaused = !IsPaused;
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Says how the last refresh went.</summary>
    /// <param name="problem">What went wrong; null for nothing.</param>
    public void Report(string? problem)
    {
        if (!string.Equals(problem, Problem, StringComparison.Ordinal))
        {
            Problem = problem;
            ProblemChanged?.Invoke(this, EventArgs.Empty);
        }
    }

    /// <summary>Light on dark, or dark on light.</summary>
    public void ToggleDark()
    {
        IsDark = !IsDark;
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
