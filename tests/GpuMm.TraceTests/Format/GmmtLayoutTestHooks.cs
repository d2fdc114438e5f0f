using System;
using System.Buffers.Binary;
using GpuMm.Traces.Format;

namespace GpuMm.TraceTests.Format;

/// <summary>Makes damage look meant.</summary>
internal static class GmmtLayoutTestHooks
{
    public static void RepairHeader(byte[] file)
    {
        int metadata = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12));
        GmmtLayout.AppendChecksum(file.AsSpan(0, GmmtLayout.FileHeaderBytes + metadata + GmmtLayout.ChecksumBytes));
    }
}
