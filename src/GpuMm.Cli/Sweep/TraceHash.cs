using System;
using System.IO;
using System.Security.Cryptography;
using GpuMm.Lab.Sweep;
using GpuMm.Traces;

namespace GpuMm.Cli.Sweep;

/// <summary>What a file is, whatever its name.</summary>
internal static class TraceHash
{
    /// <summary>SHA-256 of a file's bytes and of how it is to be read.</summary>
    public static string Of(string path, TraceOpenOptions options)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
            string bytes = Convert.ToHexStringLower(SHA256.HashData(file));
            string hash = options.From is null ? bytes : $"{bytes} as {options.From}";
            return options.Columns is null ? hash : $"{hash} with {options.Columns}";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SweepRunException($"{path}: it cannot be read: {failure.Message}", failure);
        }
    }
}
