using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using GpuMm.Lab.League;
using GpuMm.Primitives;

namespace GpuMm.LabTests.League;

/// <summary>Small traces that provoke: few objects, loops and favourites, sizes from one to more than the memory, none at all.</summary>
internal static class RandomTrace
{
    public static OracleRecord[] Make(ulong seed, out long capacity)
    {
        Prng random = new(seed);
        int objects = 2 + Below(random, 60);
        int count = 50 + Below(random, 400);
        capacity = 1 + Below(random, 1 + Below(random, 2000));
        int largest = 1 + Below(random, 1 + (int)(capacity * 3 / 2));
        bool sizesChange = Below(random, 4) == 0;
        bool isSkewed = Below(random, 2) == 0;
        uint[] sizes = new uint[objects];
        for (int i = 0; i < objects; i++)
        {
            sizes[i] = (uint)(1 + Below(random, largest));
        }

        OracleRecord[] records = new OracleRecord[count];
        for (int i = 0; i < count; i++)
        {
            int id = Below(random, isSkewed ? 1 + Below(random, objects) : objects);
            uint size = Below(random, 50) == 0 ? 0 : sizesChange ? (uint)(1 + Below(random, largest)) : sizes[id];
            records[i] = new OracleRecord { Time = (uint)i, Id = (ulong)id << 33, ObjectBytes = size };
        }

        Dictionary<ulong, long> next = [];
        for (int i = count - 1; i >= 0; i--)
        {
            records[i].Next = next.GetValueOrDefault(records[i].Id, -1);
            next[records[i].Id] = i + 1;
        }

        return records;
    }

    public static string Write(ReadOnlySpan<OracleRecord> records)
    {
        string path = Path.Combine(Path.GetTempPath(), $"gpumm-test-{Guid.NewGuid():N}.oracleGeneral");
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(records).ToArray());
        return path;
    }

    private static int Below(Prng random, int limit) => (int)random.Below((uint)limit);
}
