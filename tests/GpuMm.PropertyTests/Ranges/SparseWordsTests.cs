using System.Collections.Generic;
using CsCheck;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>The map of words against a dictionary, with few enough indices that clusters form and break up.</summary>
public sealed class SparseWordsTests
{
    [Fact]
    public void SparseWordsAgreeWithADictionary()
    {
        Gen.Select(Gen.Int[0, 90], Gen.Int[0, 2]).Array[0, 400].Sample(writes =>
        {
            SparseWords subject = new();
            Dictionary<ulong, ulong> model = [];
            foreach ((int index, int word) in writes)
            {
                ulong at = (ulong)index << (index % 3 * 20);
                subject.Write(at, (ulong)word);
                model[at] = (ulong)word;
            }

            for (int index = 0; index <= 90; index++)
            {
                ulong at = (ulong)index << (index % 3 * 20);
                if (subject.Read(at) != model.GetValueOrDefault(at))
                {
                    return false;
                }
            }

            return true;
        }, iter: 2_000);
    }
}
