using CsCheck;
using Xunit;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>The buddy allocator against the array of chunks: every status, every address, every free block.</summary>
public sealed class BuddyAllocatorModelTests(ITestOutputHelper output)
{
    private static readonly Gen<BuddyCall> s_call = Gen.Select(
        Gen.Int[0, 999], Gen.Int[0, 999], Gen.Int[0, 999], Gen.Int[0, 999], Gen.Int[0, 127],
        (roll, a, b, c, bits) => new BuddyCall(roll, a, b, c, bits));

    // The weights belong to the run: some runs only fill, some mostly free, some use windows alone.
    private static readonly Gen<(BuddyPair Subject, BuddyPair Model)> s_start = Gen.Select(
        Gen.Int[1, 70],
        Gen.Int[0, 9].Array[6],
        (chunks, weights) =>
        {
            weights[0]++;
            return (new BuddyPair(chunks, weights, isModel: false), new BuddyPair(chunks, weights, isModel: true));
        });

    [Fact]
    public void BuddyAllocatorAgreesWithTheModelAfterEveryOperation()
    {
        s_start.SampleModelBased(
            s_call.Operation<BuddyPair, BuddyPair>(
                static (subject, call) => subject.Apply(call), static (model, call) => model.Apply(call)),
            equal: static (subject, model) => subject.Agrees(model),
            iter: 1_500,
            classify: Classify,
            writeLine: output.WriteLine);
    }

    private static string Classify(BuddyPair model) => $"{Fill(model)}, last {model.LastStatus}";

    private static string Fill(BuddyPair model) => model.FreeChunks == 0 ? "full"
        : model.FreeChunks == model.ChunkCount ? "empty"
        : model.ClearedChunks == 0 ? "partial, dirty"
        : model.ClearedChunks == model.FreeChunks ? "partial, cleared"
        : "partial, mixed";
}
