using System;
using GpuMm.Hosting.Machine;

namespace GpuMm.Dashboard.Live;

/// <summary>What one viewer looks at: which device, whether the picture stands still. One for each open page.</summary>
public sealed class ViewState(IGpuMmProvider provider)
{
    private string? _device;
    private bool _isAway;
    private bool _isCutOff;

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

    /// <summary>Nobody can see the page: it lies behind another one, its window is closed up, or its browser cannot be reached.</summary>
    public bool IsHidden => _isAway || _isCutOff;

    /// <summary>Light on dark.</summary>
    public bool IsDark { get; private set; } = true;

    /// <summary>Stops the picture, or lets it go on.</summary>
    public void TogglePause()
    {
        IsPaused = !IsPaused;
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Says whether anybody can see the page; what is seen again is read at once.</summary>
    /// <param name="isHidden">Nobody can.</param>
    public void Hide(bool isHidden) => SetHidden(ref _isAway, isHidden);

    /// <summary>Says whether the browser can be reached.</summary>
    /// <param name="isCutOff">It cannot.</param>
    public void CutOff(bool isCutOff) => SetHidden(ref _isCutOff, isCutOff);

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
    /// <param name="isDark">Light on dark.</param>
    public void SetDark(bool isDark)
    {
        IsDark = isDark;
        Changed?.Invoke(this, EventArgs.Empty);
    }

    private void SetHidden(ref bool which, bool value)
    {
        bool wasHidden = IsHidden;
        which = value;
        if (wasHidden != IsHidden)
        {
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }
}
