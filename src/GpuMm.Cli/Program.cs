using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using GpuMm.Cli;
using GpuMm.Cli.Calibrate;
using GpuMm.Cli.Check;
using GpuMm.Cli.Client;
using GpuMm.Cli.Demo;
using GpuMm.Cli.Diff;
using GpuMm.Cli.Explain;
using GpuMm.Cli.Fault;
using GpuMm.Cli.Knee;
using GpuMm.Cli.League;
using GpuMm.Cli.Machine;
using GpuMm.Cli.Race;
using GpuMm.Cli.Report;
using GpuMm.Cli.Serve;
using GpuMm.Cli.Sweep;
using GpuMm.Cli.Trace;
using GpuMm.Cli.Vulkan;

RootCommand root = new("GpuMm: a GPU memory manager in user space. Textures migrate between video memory, aperture and system RAM; mappings follow.")
{
    CalibrateCommand.Create(),
    CheckCommand.Create(),
    ClientCommand.Create(),
    DemoCommand.Create(),
    DiffCommand.Create(),
    ExplainCommand.Create(),
    FaultCommand.Create(),
    KneeCommand.Create(),
    LeagueCommand.Create(),
    MachineCommand.Create(),
    MergeCommand.Create(),
    RaceCommand.Create(),
    ReplayCommand.Create(),
    ReportCommand.Create(),
    ServeCommand.Create(),
    SweepCommand.Create(),
    TraceCommand.Create(),
    VulkanCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    // One line says what is wrong and how to put it right; usage is a --help away.
    // A word that nobody knows comes first: that something is missing follows from it.
    IEnumerable<string> unknown = parsed.UnmatchedTokens.Select(static token => $"'{token}' is not known here");
    Console.Error.WriteLine($"gpumm: {OneLine.Of(unknown.Concat(parsed.Errors.Select(static error => error.Message)), CommandLine(parsed.CommandResult.Command))}");
    return ExitCode.Usage;
}

return parsed.Invoke();

static string CommandLine(Command command) => command is RootCommand
    ? "gpumm"
    : $"{CommandLine(command.Parents.OfType<Command>().First())} {command.Name}";
