using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using GpuMm.Simulation;

namespace GpuMm.Cli.Machine;

/// <summary><c>--machine</c>: the name of a built-in machine, or the file of another.</summary>
internal static class MachineOption
{
    /// <summary>Makes the option.</summary>
    /// <param name="description">One line, with the default; leaving it out gives null.</param>
    public static Option<MachineProfile?> Create(string description) => new("--machine")
    {
        Description = description + " `gpumm machine list` shows them.",
        HelpName = "name|file.json",
        CustomParser = static result => Parse(result, "--machine "),
    };

    /// <summary>Finds or reads the machine that a token means.</summary>
    public static MachineProfile? Parse(ArgumentResult result, string prefix)
    {
        string text = result.Tokens[0].Value;
        if (MachineProfiles.TryGet(text, out MachineProfile? profile))
        {
            return profile;
        }

        bool isFile = text.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || text.Contains('/', StringComparison.Ordinal) ||
            text.Contains('\\', StringComparison.Ordinal);
        if (!isFile)
        {
            result.AddError($"{prefix}{text}: there is no such machine; give a name that `gpumm machine list` shows, or a file such as mine.json.");
            return null;
        }

        try
        {
            return MachineProfile.Load(text);
        }
        catch (InvalidDataException failure)
        {
            // Each message ends with its own remedy ("give ...").
            result.AddError($"{prefix}{failure.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            result.AddError($"{prefix}{text}: {failure.Message.TrimEnd('.')}; give a file that can be read.");
        }

        return null;
    }
}
