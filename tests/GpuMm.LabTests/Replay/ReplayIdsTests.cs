using System.Collections.Generic;
using GpuMm.Lab.Replay;
using GpuMm.Primitives;
using Xunit;

namespace GpuMm.LabTests.Replay;

/// <summary>Dense numbers for the objects of a trace, beside a dictionary.</summary>
public sealed class ReplayIdsTests
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 3_000)]
    [InlineData(3, 100_000)]
    public void NumbersAreAsADictionarySays(ulong seed, int objects)
    {
        ReplayIds ids = new();
        Dictionary<ulong, int> model = [];
        Prng random = new(seed);
        int most = 0;
        for (int i = 0; i < 300_000; i++)
        {
            // Neighbouring ids, 0 among them, and ids all over.
            ulong id = random.Next() % (ulong)objects;
            id = id % 2 == 0 ? id : Prng.Mix(id);
            ids.Prefetch(id);
            Assert.Equal(model.GetValueOrDefault(id, -1), ids.Find(id));
            if (model.Remove(id))
            {
                ids.Remove(id);
            }
            else
            {
                int number = ids.Add(id);
                Assert.DoesNotContain(number, objects < 100 ? model.Values : []);
                model.Add(id, number);
            }

            most = int.Max(most, model.Count);
            Assert.Equal(model.Count, ids.Count);
        }

        foreach ((ulong id, int number) in model)
        {
            Assert.Equal(number, ids.Find(id));
        }

        Assert.Equal(most, ids.Limit); // Numbers of objects that are gone are used again.
    }
}
