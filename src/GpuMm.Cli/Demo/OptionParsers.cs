using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using GpuMm.Primitives;

namespace GpuMm.Cli.Demo;

/// <summary>Options that read one value or a list of them, and refuse the rest with one line that holds the fix.</summary>
internal static class OptionParsers
{
    /// <summary>One of several names.</summary>
    public static Option<T?> Named<T>(string name, string description, Func<string, T?> find, IReadOnlyList<string> names)
        where T : class => new(name)
        {
            Description = description,
            HelpName = string.Join('|', names),
            CustomParser = result => find(result.Tokens[0].Value) ??
                Refuse<T?>(result, $"{name} {result.Tokens[0].Value}: there is no such {name[2..]}; give {Names(names)}."),
        };

    /// <summary>One of several names, each with its value; <c>default</c> when it is not given, as the description says in words.</summary>
    public static Option<T> Choice<T>(string name, string description, params (string Name, T Value)[] choices) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', Array.ConvertAll(choices, static choice => choice.Name)),
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            foreach ((string each, T value) in choices)
            {
                if (string.Equals(each, text, StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }

            return Refuse<T>(result, $"{name} {text}: give {Names(Array.ConvertAll(choices, static choice => choice.Name))}.");
        },
    };

    /// <summary>Names from a list, separated by commas; each once.</summary>
    public static Option<IReadOnlyList<T>?> NamedList<T>(string name, string description, string helpName, Func<string, T?> find, Func<string> names)
        where T : class => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => List(result, name, text => find(text) ??
                Refuse<T?>(result, $"{name} {text}: there is no such {name[2..]}; give {names()}.")),
        };

    /// <summary>Sizes, separated by commas; each once, in ascending order whatever the order given.</summary>
    public static Option<IReadOnlyList<ulong>?> SizeList(string name, string description) => new(name)
    {
        HelpName = "size[,size...]",
        Description = description,
        CustomParser = result =>
        {
            IReadOnlyList<Boxed>? sizes = List<Boxed>(result, name, text => ParseSize(result, name, text) is { } size ? new Boxed(size) : null);
            if (sizes is null)
            {
                return null;
            }

            List<ulong> sorted = [];
            foreach (Boxed size in sizes)
            {
                sorted.Add(size.Value);
            }

            sorted.Sort();
            return sorted;
        },
    };

    /// <summary>Sizes or the word all, separated by commas.</summary>
    public static Option<IReadOnlyList<ulong?>?> SizeOrAllList(string name, string description, ulong allBytes) => new(name)
    {
        HelpName = "size|all[,...]",
        Description = description,
        CustomParser = result =>
        {
            IReadOnlyList<Boxed>? sizes = List<Boxed>(result, name, text =>
                string.Equals(text, "all", StringComparison.OrdinalIgnoreCase) ? new Boxed(allBytes)
                : ParseSize(result, name, text) is { } size ? new Boxed(size)
                : null);
            if (sizes is null)
            {
                return null;
            }

            List<ulong?> values = [];
            foreach (Boxed size in sizes)
            {
                values.Add(size.Value);
            }

            return values;
        },
    };

    /// <summary>One size.</summary>
    public static Option<ulong?> Size(string name, string description) => new(name)
    {
        HelpName = "size",
        Description = description,
        CustomParser = result => ParseSize(result, name, result.Tokens[0].Value),
    };

    /// <summary>A whole number within bounds.</summary>
    public static Option<int> Number(string name, string description, int fallback, int least, int most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => fallback,
        HelpName = "number",
        CustomParser = result => (int)Whole(result, name, least, most),
    };

    /// <summary>A whole number within bounds, or null when it is not given.</summary>
    public static Option<int?> OptionalNumber(string name, string description, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "number",
        CustomParser = result => (int)Whole(result, name, least, most),
    };

    /// <summary>Reads a whole number.</summary>
    public static long Whole(ArgumentResult result, string name, long least, long most)
    {
        string text = result.Tokens[0].Value;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : Refuse<long>(result, $"{name} {text}: give a whole number from {least} to {most}.");
    }

    /// <summary>Says what is wrong.</summary>
    public static T Refuse<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default!;
    }

    /// <summary>"a, b or c".</summary>
    public static string Names(IReadOnlyList<string> names) => names.Count == 1
        ? names[0]
        : string.Join(", ", System.Linq.Enumerable.Take(names, names.Count - 1)) + " or " + names[^1];

    private static ulong? ParseSize(ArgumentResult result, string name, string text) =>
        !ByteSize.TryParse(text, out ulong sizeBytes) ? Refuse<ulong?>(result, $"{name} {text}: that is no size; give one such as 96MiB or 1.5GiB.")
        : sizeBytes == 0 ? Refuse<ulong?>(result, $"{name} {text}: nothing fits into no memory; give a size such as 96MiB.")
        : sizeBytes;

    private static IReadOnlyList<T>? List<T>(ArgumentResult result, string name, Func<string, T?> read)
        where T : class
    {
        List<T> values = [];
        foreach (string text in result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (text.Length == 0)
            {
                return Refuse<IReadOnlyList<T>?>(result, $"{name} {result.Tokens[0].Value}: a value is empty; give values with single commas between them.");
            }

            if (read(text) is not { } value)
            {
                return null;
            }

            if (values.Contains(value))
            {
                return Refuse<IReadOnlyList<T>?>(result, $"{name} {text}: it is there twice; give each value once.");
            }

            values.Add(value);
        }

        return values;
    }

    private sealed record Boxed(ulong Value);
}
