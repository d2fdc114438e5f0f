using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace GpuMm.TestKit;

/// <summary>
/// Arguments of a program, written as one line: blanks part them, but none that is in a value that was put into the line. So
/// a path may hold blanks, as that of a folder for temporary files may.
/// </summary>
[InterpolatedStringHandler]
public sealed class CommandLine
{
    private readonly List<string> _arguments = [];
    private bool _isOpen;

    /// <summary>An empty line.</summary>
    /// <param name="literalLength">Not used.</param>
    /// <param name="formattedCount">Not used.</param>
    public CommandLine(int literalLength = 0, int formattedCount = 0)
    {
        _ = literalLength + formattedCount;
    }

    /// <summary>The arguments.</summary>
    public IReadOnlyList<string> Arguments => _arguments;

    public static implicit operator CommandLine(string line) => Parse(line);

    public static CommandLine operator +(CommandLine line, string more)
    {
        CommandLine sum = new();
        sum.AppendFormatted(line);
        sum.AppendLiteral(more);
        return sum;
    }

    /// <summary>A line in which a word stands for a value.</summary>
    /// <param name="line">The line.</param>
    /// <param name="values">Words and their values.</param>
    public static CommandLine Parse(string line, params (string Word, string Value)[] values)
    {
        CommandLine parsed = new();
        parsed.AppendLiteral(line);
        foreach ((string word, string value) in values)
        {
            for (int i = 0; i < parsed._arguments.Count; i++)
            {
                parsed._arguments[i] = parsed._arguments[i].Replace(word, value, System.StringComparison.Ordinal);
            }
        }

        return parsed;
    }

    /// <summary>Text of the line.</summary>
    /// <param name="text">The text.</param>
    public void AppendLiteral(string text)
    {
        string[] parts = text.Split(' ');
        for (int i = 0; i < parts.Length; i++)
        {
            _isOpen &= i == 0;
            if (parts[i].Length > 0)
            {
                Append(parts[i]);
            }
        }
    }

    /// <summary>A value, which is part of one argument.</summary>
    /// <param name="value">The value.</param>
    public void AppendFormatted(string value) => Append(value);

    /// <summary>A number, which is part of one argument.</summary>
    /// <param name="value">The number.</param>
    public void AppendFormatted(long value) => Append(value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Another line.</summary>
    /// <param name="line">The line.</param>
    public void AppendFormatted(CommandLine line)
    {
        _arguments.AddRange(line._arguments);
        _isOpen = line._isOpen;
    }

    private void Append(string part)
    {
        if (_isOpen)
        {
            _arguments[^1] += part;
        }
        else
        {
            _arguments.Add(part);
        }

        _isOpen = true;
    }
}
