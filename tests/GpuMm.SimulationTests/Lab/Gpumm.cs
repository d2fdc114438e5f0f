using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using GpuMm.TestKit;

namespace GpuMm.SimulationTests.Lab;

/// <summary>The program in a process of its own.</summary>
internal static class Gpumm
{
    /// <summary>Starts it.</summary>
    /// <param name="arguments">As on a command line.</param>
    /// <param name="variables">Environment variables to set.</param>
    public static Process Start(IEnumerable<string> arguments, params (string Name, string Value)[] variables)
    {
        // What runs in the background of a script ignores Ctrl-C, and so would all that it starts.
        ProcessStartInfo start = new("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "GpuMm.Cli.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Starts it and waits for its end.</summary>
    /// <param name="line">As on a command line.</param>
    /// <param name="variables">Environment variables to set.</param>
    public static (int ExitCode, string Output, string Error) Run(CommandLine line, params (string Name, string Value)[] variables)
    {
        using Process process = Start(line.Arguments, variables);
        return End(process);
    }

    /// <summary>Waits for its end.</summary>
    /// <param name="process">The process.</param>
    public static (int ExitCode, string Output, string Error) End(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
