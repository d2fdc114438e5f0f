using System.Collections.Generic;
using System.Linq;

namespace GpuMm.Cli;

/// <summary>Puts what a parser has to say on one line.</summary>
internal static class OneLine
{
    public static string Of(IEnumerable<string> messages, string command)
    {
        string first = messages.First().ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return first.Contains("give ", System.StringComparison.Ordinal) ? first + "." : first + $". Run '{command} --help' for what there is.";
    }
}
