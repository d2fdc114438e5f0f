using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using ZstdSharp;

namespace GpuMm.Lab.League;

/// <summary>An oracleGeneral trace, mapped into memory, so that opening costs the same whatever its size.</summary>
/// <remarks>A name that ends in .zst is expanded to a temporary file first. Safe for concurrent reading.</remarks>
public sealed class OracleTrace : IDisposable
{
    /// <summary>Most requests of a trace: their numbers are kept in 32 bits less one.</summary>
    public const long MaxRecords = int.MaxValue - 1L;

    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;

    private OracleTrace(string name, FileStream file, long recordCount)
    {
        Name = name;
        RecordCount = recordCount;
        _map = MemoryMappedFile.CreateFromFile(
            file, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>Name of the file without its folder.</summary>
    public string Name { get; }

    /// <summary>Number of records.</summary>
    public long RecordCount { get; }

    /// <summary>Opens a trace.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LeagueException">It cannot be read, is empty, or is no whole number of records.</exception>
    public static OracleTrace Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        FileStream? file = null;
        try
        {
            file = path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? Expand(path) : File.OpenRead(path);
            long bytes = file.Length;
            if (bytes == 0)
            {
                throw new LeagueException($"'{path}' is empty; a trace has at least one record of {OracleRecord.SizeBytes} bytes.");
            }

            if (bytes % OracleRecord.SizeBytes != 0)
            {
                throw new LeagueException(
                    $"'{path}' has {bytes} bytes, which is no whole number of {OracleRecord.SizeBytes}-byte oracleGeneral records; " +
                    $"it ends inside the record at byte {bytes - (bytes % OracleRecord.SizeBytes)}. Convert it first if it is of another kind.");
            }

            if (bytes / OracleRecord.SizeBytes > MaxRecords)
            {
                throw new LeagueException($"'{path}' has {bytes / OracleRecord.SizeBytes} records; at most {MaxRecords} can be replayed.");
            }

            OracleTrace trace = new(Path.GetFileName(path), file, bytes / OracleRecord.SizeBytes);
            file = null;
            return trace;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ZstdException)
        {
            throw new LeagueException($"'{path}' cannot be read: {problem.Message}", problem);
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>A trace over a file that was made for it.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="file">Whole records, at least one; disposed with the trace.</param>
    internal static OracleTrace Over(string name, FileStream file) => new(name, file, file.Length / OracleRecord.SizeBytes);

    /// <summary>A file that is gone when it is closed.</summary>
    internal static FileStream Temporary() => new(
        Path.Combine(Path.GetTempPath(), $"gpumm-{Guid.NewGuid():N}.oracleGeneral"),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });

    /// <summary>Copies records.</summary>
    /// <param name="first">0-based index of the first.</param>
    /// <param name="into">Receives them.</param>
    /// <returns>How many were copied; fewer than asked at the end of the trace.</returns>
    public int Read(long first, Span<OracleRecord> into)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        int count = (int)Math.Min(into.Length, Math.Max(0, RecordCount - first));

        // Record by record: as bytes, the same call would copy one byte at a time.
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)first * OracleRecord.SizeBytes, into[..count]);
        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
    }

    private static FileStream Expand(string path)
    {
        FileStream expanded = Temporary();
        try
        {
            using FileStream packed = File.OpenRead(path);
            using DecompressionStream plain = new(packed);
            plain.CopyTo(expanded);
            expanded.Flush();
            return expanded;
        }
        catch
        {
            expanded.Dispose();
            throw;
        }
    }
}
