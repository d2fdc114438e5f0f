using System;
using System.IO;
using System.Runtime.InteropServices;
using GpuMm.Lab.League;
using GpuMm.Primitives;

namespace GpuMm.Benchmarks.League;

/// <summary>
/// A Zipf trace in oracleGeneral form: rank k is asked for with a probability that falls as 1/k, sizes are whole pages from
/// 4 KiB to 16 MiB, evenly in their logarithm, as those of the golden trace.
/// </summary>
internal static class ZipfTrace
{
    /// <summary>Ranks; of ten million requests about 763 thousand different ones are asked for.</summary>
    public const int Ranks = 1_000_000;

    private const int Chunk = 1 << 16;

    /// <summary>Writes a trace.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requests">Number of requests.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="isOneSize">Every object has 4 KiB.</param>
    public static void Write(string path, int requests, ulong seed, bool isOneSize)
    {
        int[] ranks = Draw(requests, seed);
        long[] next = new long[requests];
        int[] later = new int[Ranks]; // 1-based number of the next request of a rank; 0 for none
        for (int i = requests - 1; i >= 0; i--)
        {
            next[i] = later[ranks[i]] == 0 ? -1 : later[ranks[i]];
            later[ranks[i]] = i + 1;
        }

        using FileStream file = File.Create(path);
        OracleRecord[] records = new OracleRecord[Chunk];
        for (int first = 0; first < requests; first += Chunk)
        {
            int count = Math.Min(Chunk, requests - first);
            for (int i = 0; i < count; i++)
            {
                records[i] = new OracleRecord
                {
                    Time = (uint)(first + i),
                    Id = Prng.Mix((ulong)ranks[first + i]),
                    ObjectBytes = isOneSize ? 4096 : SizeOf(ranks[first + i]),
                    Next = next[first + i],
                };
            }

            file.Write(MemoryMarshal.AsBytes(records.AsSpan(0, count)));
        }
    }

    private static int[] Draw(int requests, ulong seed)
    {
        double[] cumulative = new double[Ranks];
        double sum = 0;
        for (int rank = 0; rank < Ranks; rank++)
        {
            sum += 1.0 / (rank + 1);
            cumulative[rank] = sum;
        }

        Prng random = new(seed);
        int[] ranks = new int[requests];
        for (int i = 0; i < requests; i++)
        {
            int at = Array.BinarySearch(cumulative, random.NextDouble() * sum);
            ranks[i] = Math.Min(at < 0 ? ~at : at, Ranks - 1);
        }

        return ranks;
    }

    private static uint SizeOf(int rank)
    {
        double share = (Prng.Mix((ulong)rank + 0x5A5A) >> 11) * (1.0 / (1ul << 53));
        return 4096 * (uint)Math.Pow(4096, share); // 1 to 4096 pages
    }
}
