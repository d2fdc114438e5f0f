using System.Collections.Generic;
using System.Linq;

namespace GpuMm.Cli;

/// <summary>Puts what a parser has to say on one line.</summary>
internal static class OneLine
{
    public static string Of(IEnumerable<string> messages)
    {
        string first = messages.First().ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return first.Contains(": ", System.StringComparison.Ordinal) ? first + "." : first + ". Run 'gpumm --help', or 'gpumm demo --help', for what there is.";
    }
}
