using System.CommandLine;

namespace GpuMm.Cli.Trace;

/// <summary><c>gpumm trace</c>: recordings of this device and of other tools.</summary>
internal static class TraceCommand
{
    public static Command Create() => new("trace", "Look at recordings, convert them, and make new ones.")
    {
        TraceInfoCommand.Create(),
        TraceHeadCommand.Create(),
        TraceConvertCommand.Create(),
        TraceRecordCommand.Create(),
    };
}
