using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;

namespace GpuMm.Cli.Sweep;

/// <summary>Options that take a list: "a,b,c"; for numbers also "1..5".</summary>
internal static class AxisList
{
    private const int MaxRange = 10_000;

    /// <summary>Makes an option that takes a list of words.</summary>
    public static Option<string[]?> Words(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result =>
        {
            string[] words = [.. result.Tokens.SelectMany(static token => token.Value.Split(',', StringSplitOptions.TrimEntries))];
            if (words.Any(static word => word.Length == 0))
            {
                result.AddError($"{name} {result.Tokens[0].Value}: a value is empty; give them as a,b,c.");
            }
            else if (words.Distinct(StringComparer.Ordinal).Count() != words.Length)
            {
                result.AddError($"{name} {string.Join(',', words)}: a value is given twice; give each once.");
            }

            return words;
        },
    };

    /// <summary>Makes an option that takes whole numbers: "1,2,5" or "1..5".</summary>
    public static Option<string[]?> Numbers(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "1,2|1..5",
        CustomParser = result => Expand(name, result),
    };

    private static string[] Expand(string name, ArgumentResult result)
    {
        List<string> numbers = [];
        foreach (string part in result.Tokens.SelectMany(static token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            string[] ends = part.Split("..");
            if (ends.Length > 2 || !TryWhole(ends[0], out long first) || !TryWhole(ends[^1], out long last) || last < first || last - first >= MaxRange)
            {
                result.AddError($"{name} {part}: give whole numbers, such as 1,2 or 1..5 (at most {MaxRange} of them).");
                return [];
            }

            for (long number = first; number <= last; number++)
            {
                numbers.Add(number.ToString(CultureInfo.InvariantCulture));
            }
        }

        if (numbers.Distinct(StringComparer.Ordinal).Count() != numbers.Count)
        {
            result.AddError($"{name}: a number is given twice; give each once.");
        }

        return [.. numbers];
    }

    private static bool TryWhole(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
