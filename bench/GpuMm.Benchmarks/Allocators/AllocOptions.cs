using System;
using System.Globalization;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>The options of <c>alloc</c>.</summary>
internal sealed class AllocOptions
{
    public const string Usage = """
        alloc [--only NAME,...] [--workload W1,W2,W3,W1h] [--repetitions N] [--curve] [--min-live N] [--max-live N] [--json] [--list]
          --only         allocators to measure (default: all)
          --workload     workloads to run (default: all)
          --repetitions  fresh allocators per workload; the median is shown (default: 5)
          --curve        cost per pair from --min-live allocations (default: 10 thousand) to --max-live (10 million)
          --json         one JSON document instead of the table
          --list         the names and nothing else
        """;

    public string[] Only { get; private set; } = [];

    public string[] Workloads { get; private set; } = ["W1", "W2", "W3", "W1h"];

    public int Repetitions { get; private set; } = 5;

    public int MinLive { get; private set; } = 10_000;

    public int MaxLive { get; private set; } = 10_000_000;

    public bool Curve { get; private set; }

    public bool Json { get; private set; }

    public bool List { get; private set; }

    public static AllocOptions Parse(ReadOnlySpan<string> args)
    {
        AllocOptions options = new();
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--curve":
                    options.Curve = true;
                    break;
                case "--json":
                    options.Json = true;
                    break;
                case "--list":
                    options.List = true;
                    break;
                case "--only":
                    options.Only = Names(Value(args, ref i));
                    break;
                case "--workload":
                    options.Workloads = Names(Value(args, ref i));
                    break;
                case "--repetitions":
                    options.Repetitions = Number(Value(args, ref i));
                    break;
                case "--min-live":
                    options.MinLive = Number(Value(args, ref i));
                    break;
                case "--max-live":
                    options.MaxLive = Number(Value(args, ref i));
                    break;
                default:
                    throw new FormatException($"Unknown option {args[i]}.\n{Usage}");
            }
        }

        return options;
    }

    private static string Value(ReadOnlySpan<string> args, ref int index) =>
        ++index < args.Length ? args[index] : throw new FormatException($"{args[index - 1]} needs a value.\n{Usage}");

    private static string[] Names(string value) =>
        value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new FormatException($"{value} is not a positive number.\n{Usage}");
}
