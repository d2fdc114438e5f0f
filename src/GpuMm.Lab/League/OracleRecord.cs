using System.Runtime.InteropServices;

namespace GpuMm.Lab.League;

/// <summary>One request of an oracleGeneral trace: 24 bytes, packed, little-endian.</summary>
/// <remarks>Source: libCacheSim's oracleGeneral reader, for the layout.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct OracleRecord
{
    /// <summary>Size of a record, bytes.</summary>
    public const int SizeBytes = 24; // 4 + 8 + 4 + 8

    /// <summary>Time of the request, seconds.</summary>
    public uint Time;

    /// <summary>What is requested.</summary>
    public ulong Id;

    /// <summary>Its size, bytes; a request of size 0 is passed over.</summary>
    public uint ObjectBytes;

    /// <summary>1-based index of the next request of the same object; -1 or the largest number when there is none.</summary>
    public long Next;

    /// <summary>True when the trace says that the object is not requested again.</summary>
    public readonly bool IsLast => Next is -1 or long.MaxValue;
}
