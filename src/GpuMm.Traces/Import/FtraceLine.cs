using System;

namespace GpuMm.Traces.Import;

/// <summary>One line of ftrace or trace-cmd text, taken apart: <c>comm-PID [cpu] (irq info) sec.usec: event: fields</c>.</summary>
/// <remarks>The command may hold blanks and dashes, so the line is read from "-PID [cpu]" on.</remarks>
internal readonly ref struct FtraceLine
{
    private FtraceLine(long timeNs, int pid, ReadOnlySpan<byte> name, ReadOnlySpan<byte> fields)
    {
        TimeNs = timeNs;
        Pid = pid;
        Event = name;
        Text = fields;
    }

    public long TimeNs { get; }

    public int Pid { get; }

    public ReadOnlySpan<byte> Event { get; }

    public ReadOnlySpan<byte> Text { get; }

    public static bool TryParse(ReadOnlySpan<byte> line, out FtraceLine parsed)
    {
        parsed = default;

        // "-PID [cpu]": the last such place before the time; a bracket in the fields does not count.
        // A command has 16 bytes, so more brackets than that are no command.
        int open = line.IndexOf((byte)'[');
        for (int tries = 0; open > 0 && tries <= 16; tries++)
        {
            if (TryParseAt(line, open, out parsed))
            {
                return true;
            }

            int next = line[(open + 1)..].IndexOf((byte)'[');
            open = next < 0 ? -1 : open + 1 + next;
        }

        return false;
    }

    /// <summary>The text of a field written <c>name=value</c> or <c>name:value</c>; empty when it is not there.</summary>
    public ReadOnlySpan<byte> Field(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> rest = Text;
        for (int at = rest.IndexOf(name); at >= 0; at = rest.IndexOf(name))
        {
            bool isWord = at == 0 || rest[at - 1] is (byte)' ' or (byte)',' or (byte)'\t';
            rest = rest[(at + name.Length)..];
            if (isWord && rest.Length > 0 && rest[0] is (byte)'=' or (byte)':')
            {
                rest = rest[1..].TrimStart((byte)' ');
                int end = rest.IndexOfAny(" ,\t"u8);
                return end < 0 ? rest : rest[..end];
            }
        }

        return [];
    }

    /// <summary>A pointer in hexadecimal; 0 where the kernel writes "(null)" or "(nil)".</summary>
    public bool TryPointer(ReadOnlySpan<byte> name, out ulong value)
    {
        ReadOnlySpan<byte> field = Field(name);
        value = 0;
        return field.SequenceEqual("(null)"u8) || field.SequenceEqual("(nil)"u8) || Fields.TryHex(field, out value);
    }

    public bool TryHex(ReadOnlySpan<byte> name, out ulong value) => Fields.TryHex(Field(name), out value);

    /// <summary>A number in decimal, or in hexadecimal after 0x.</summary>
    public bool TryNumber(ReadOnlySpan<byte> name, out ulong value)
    {
        ReadOnlySpan<byte> field = Field(name);
        return field.StartsWith("0x"u8) ? Fields.TryHex(field, out value) : Fields.TryWhole(field, out value);
    }

    private static bool TryParseAt(ReadOnlySpan<byte> line, int open, out FtraceLine parsed)
    {
        parsed = default;
        ReadOnlySpan<byte> before = line[..open].TrimEnd((byte)' ');
        int dash = before.LastIndexOf((byte)'-');
        int close = line[open..].IndexOf((byte)']');

        // Kernels with record-tgid put "(TGID)" between the pid and the processor.
        ReadOnlySpan<byte> pidText = dash < 0 ? [] : before[(dash + 1)..];
        int blank = pidText.IndexOf((byte)' ');
        pidText = blank < 0 ? pidText : pidText[..blank];
        if (dash < 0 || close < 0 || !Fields.TryWhole(pidText, out ulong pid) || pid > int.MaxValue ||
            !Fields.TryWhole(line.Slice(open + 1, close - 1), out _))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[(open + close + 1)..].TrimStart((byte)' ');
        int colon = rest.IndexOf((byte)':');
        if (colon < 0)
        {
            return false;
        }

        // Before the first colon: the time, or irq info and the time.
        ReadOnlySpan<byte> stamp = rest[..colon];
        int gap = stamp.LastIndexOf((byte)' ');
        if (!Fields.TrySeconds(gap < 0 ? stamp : stamp[(gap + 1)..], out long time))
        {
            return false;
        }

        rest = rest[(colon + 1)..].TrimStart((byte)' ');
        colon = rest.IndexOf((byte)':');
        if (colon <= 0)
        {
            return false;
        }

        parsed = new FtraceLine(time, (int)pid, rest[..colon], rest[(colon + 1)..].Trim((byte)' '));
        return true;
    }
}
