namespace GpuMm.Cli;

/// <summary>What the process answers.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The run failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was run.</summary>
    public const int Usage = 2;

    /// <summary>A gate was breached: the run is worse than its baseline allows.</summary>
    public const int Gate = 3;
}
