using System;
using System.IO;
using GpuMm.Traces;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.League;

/// <summary>The accesses of a trace of any format, as an oracleGeneral file that knows the future.</summary>
internal static class AccessProjection
{
    private const int BatchSize = 1024;

    /// <summary>Projects a trace into a temporary file.</summary>
    /// <param name="path">The trace.</param>
    /// <param name="options">How it is opened.</param>
    /// <param name="isOfValidations">True when nothing uses objects, and validations into video memory stand for uses.</param>
    /// <returns>Null when there are none of those either.</returns>
    /// <exception cref="TraceFormatException">The trace is malformed, or an object is larger than oracleGeneral can tell (4 GiB).</exception>
    public static OracleTrace? Open(string path, TraceOpenOptions options, out bool isOfValidations)
    {
        isOfValidations = false;
        FileStream? file = OracleTrace.Temporary();
        try
        {
            if (!Write(file, path, options, TraceKind.Use))
            {
                isOfValidations = true;
                if (!Write(file, path, options, TraceKind.Validate))
                {
                    return null;
                }
            }

            OracleTrace trace = OracleTrace.Over(Path.GetFileName(path), file);
            file = null;
            return trace;
        }
        finally
        {
            file?.Dispose();
        }
    }

    // The writer is not disposed: it would close the file, which the trace goes on with.
    private static bool Write(FileStream file, string path, TraceOpenOptions options, TraceKind access)
    {
        file.SetLength(0);
        file.Position = 0;
#pragma warning disable CA2000 // See above.
        ITraceWriter writer = TraceFiles.Create(file, path, "oracle");
#pragma warning restore CA2000
        using ITraceReader reader = TraceFiles.Open(path, options);
        TraceEvent[] batch = new TraceEvent[BatchSize];
        for (int count; (count = reader.Read(batch)) > 0;)
        {
            foreach (ref readonly TraceEvent e in batch.AsSpan(0, count))
            {
                bool isAccess = e.Kind == access && (access == TraceKind.Use || e.To == MemoryDomain.Vram);
                if (isAccess || e.Kind is TraceKind.Create or TraceKind.Destroy)
                {
                    // Importers start clocks where they like; only the order counts here.
                    writer.Write(e with { Kind = isAccess ? TraceKind.Use : e.Kind, TimeNs = 0 });
                }
            }
        }

        writer.Complete();
        return file.Length > 0;
    }
}
