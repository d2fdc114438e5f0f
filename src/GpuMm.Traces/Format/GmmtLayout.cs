using System;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace GpuMm.Traces.Format;

/// <summary>The constants of the native format; the room's page draws the bytes.</summary>
internal static class GmmtLayout
{
    public const int FileHeaderBytes = 16; // magic 8, major 2, minor 2, metadata length 4
    public const int BlockHeaderBytes = 56; // magic 4, stored 4, raw 4, events 4, least time 8, latest time 8, first event 8, codec 1, zero 7, reserved 8
    public const int ChecksumBytes = 8;
    public const int IndexHeaderBytes = 16; // magic 4, entries 4, events 8
    public const int IndexEntryBytes = 40; // offset 8, least time 8, latest time 8, first event 8, events 4, stored bytes 4
    public const int TrailerBytes = 24; // index offset 8, checksum of that 8, magic 8

    public const ushort MajorVersion = 1;
    public const ushort MinorVersion = 1; // 1: a device's kinds and fields for swap, power, groups, GPU addresses, bus mappings, address spaces
    public const int MaxMetadataBytes = 1 << 20;
    public const int MaxBlockBytes = 1 << 24;
    public const int MaxContentsBytes = 1 << 22; // A quarter of a block.
    public const int MaxNameBytes = 4096;

    public const byte CodecStored = 0;
    public const byte CodecZstd = 1;

    public const uint BlockMagic = 0x314B_4C42; // "BLK1"
    public const uint IndexMagic = 0x3158_4449; // "IDX1"

    // As in PNG: not text, and torn by whatever changes line ends or strips the eighth bit.
    public static ReadOnlySpan<byte> FileMagic => [0x89, (byte)'G', (byte)'M', (byte)'M', (byte)'T', 0x0D, 0x0A, 0x1A];

    public static ReadOnlySpan<byte> TrailerMagic => [(byte)'G', (byte)'M', (byte)'M', (byte)'T', (byte)'E', (byte)'N', (byte)'D', 0x0A];

    // A CRC, because it is sure to find every error of one bit and every burst of up to 64.
    public static ulong Checksum(ReadOnlySpan<byte> bytes) => Crc64.HashToUInt64(bytes);

    public static void AppendChecksum(Span<byte> bytesAndSum) =>
        BinaryPrimitives.WriteUInt64LittleEndian(bytesAndSum[^ChecksumBytes..], Checksum(bytesAndSum[..^ChecksumBytes]));

    public static bool ChecksumMatches(ReadOnlySpan<byte> bytesAndSum) =>
        BinaryPrimitives.ReadUInt64LittleEndian(bytesAndSum[^ChecksumBytes..]) == Checksum(bytesAndSum[..^ChecksumBytes]);
}
