using System;
using System.Globalization;

namespace GpuMm.Traces.Model;

/// <summary>A trace is not what its format says, or asks for more than a stated limit.</summary>
public sealed class TraceFormatException : Exception
{
    /// <summary>A fault of unknown place.</summary>
    public TraceFormatException()
        : this("trace", 0, "is malformed", "Record it again.")
    {
    }

    /// <summary>A fault of unknown place.</summary>
    /// <param name="message">What is wrong.</param>
    public TraceFormatException(string message)
        : this("trace", 0, message, "Record it again.")
    {
    }

    /// <summary>A fault of unknown place.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="innerException">What a library found.</param>
    public TraceFormatException(string message, Exception innerException)
        : this("trace", 0, message, "Record it again.", innerException)
    {
    }

    /// <summary>A fault.</summary>
    /// <param name="file">The file, as the user named it.</param>
    /// <param name="offset">Byte where it shows, in the file (or in its decompressed contents).</param>
    /// <param name="what">What is wrong, as the rest of a sentence.</param>
    /// <param name="fix">What to do about it, as a sentence.</param>
    /// <param name="innerException">What a library found, or null.</param>
    public TraceFormatException(string file, long offset, string what, string fix, Exception? innerException = null)
        : base(string.Create(CultureInfo.InvariantCulture, $"{file}: at byte {offset}: {what}. {fix}"), innerException)
    {
        File = file;
        Offset = offset;
        What = what;
        Fix = fix;
    }

    /// <summary>The file, as the user named it.</summary>
    public string File { get; }

    /// <summary>Byte where it shows.</summary>
    public long Offset { get; }

    /// <summary>What is wrong.</summary>
    public string What { get; }

    /// <summary>What to do about it.</summary>
    public string Fix { get; }
}
