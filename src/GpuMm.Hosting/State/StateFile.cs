using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;

namespace GpuMm.Hosting.State;

/// <summary>Names and heads of the files of kept state: snapshot N is the state at its begin, journal N what came after.</summary>
internal static class StateFile
{
    /// <summary>Bytes of a head: <c>magic : 8 | version : u32 | number : u32 | generation : u64</c>.</summary>
    public const int HeadBytes = 24;

    private const uint Version = 2; // 1 had no marks; it is read.

    public static string SnapshotPath(string directory, ulong generation) => Path.Combine(directory, Name("snapshot", generation));

    public static string JournalPath(string directory, ulong generation) => Path.Combine(directory, Name("journal", generation));

    /// <summary>The generation in a file's name; null when it is no such name.</summary>
    public static ulong? GenerationOf(string path, string kind)
    {
        string name = Path.GetFileName(path);
        return name.StartsWith(kind + "-", StringComparison.Ordinal) && name.EndsWith(".gpumm", StringComparison.Ordinal) &&
            ulong.TryParse(name.AsSpan(kind.Length + 1, name.Length - kind.Length - 7), NumberStyles.None, CultureInfo.InvariantCulture, out ulong generation)
            ? generation
            : null;
    }

    public static void WriteHead(Stream stream, bool isSnapshot, ulong generation, uint number = 0)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        head.Clear();
        Magic(isSnapshot).CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], number);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], generation);
        stream.Write(head);
    }

    /// <summary>Checks a head; false when the file is too short to have one.</summary>
    public static bool TryReadHead(Stream stream, string path, bool isSnapshot, out uint number)
    {
        number = 0;
        Span<byte> head = stackalloc byte[HeadBytes];
        if (stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) < HeadBytes)
        {
            return false;
        }

        if (!head[..8].SequenceEqual(Magic(isSnapshot)))
        {
            throw new StateException($"{path}: this is no {(isSnapshot ? "snapshot" : "journal")} of GpuMm; give another directory, or move the file away.");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        number = BinaryPrimitives.ReadUInt32LittleEndian(head[12..]);
        ulong generation = BinaryPrimitives.ReadUInt64LittleEndian(head[16..]);
        if (generation != GenerationOf(path, isSnapshot ? "snapshot" : "journal"))
        {
            throw new StateException($"{path}: its head says that it is number {generation}; the file is damaged or was renamed: put a copy of it in its place.");
        }

        return version is 1 or Version
            ? true
            : throw new StateException($"{path}: it has version {version} and this program reads version {Version}; use the program that wrote it.");
    }

    private static ReadOnlySpan<byte> Magic(bool isSnapshot) => isSnapshot ? "GPUMMSNP"u8 : "GPUMMJNL"u8;

    private static string Name(string kind, ulong generation) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{generation:d10}.gpumm");
}
