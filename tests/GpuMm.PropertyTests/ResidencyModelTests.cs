using CsCheck;
using Xunit;

namespace GpuMm.PropertyTests;

/// <summary>
/// Creation, placing, eviction, pins and CPU writes against the naive model: every status, every domain, every byte, and
/// <c>Validate()</c>, after every call.
/// </summary>
public sealed class ResidencyModelTests(ITestOutputHelper output)
{
    private static readonly Gen<ResidencyCall> s_call = Gen.Select(
        Gen.Int[0, 99_999], Gen.Int[0, ResidencySubject.Slots - 1], Gen.Int[0, 2], Gen.Int[0, ResidencySubject.ObjectBytes - 2], Gen.Byte,
        static (roll, slot, choice, offset, value) => new ResidencyCall(roll, slot, choice, offset, value));

    // The weights belong to the run: some runs mostly place, some mostly pin, some only write.
    private static readonly Gen<(ResidencySubject Subject, ResidencyModelSide Model)> s_start = Gen.Select(
        Gen.Int[1, 5], Gen.Int[1, 4], Gen.Int[0, 9].Array[7],
        static (vram, aperture, weights) =>
        {
            weights[0] += 3;
            weights[2] += 3;
            return (new ResidencySubject(vram, aperture, weights), new ResidencyModelSide(vram, aperture, weights));
        });

    [Fact]
    public void TheDeviceAgreesWithTheModelAfterEveryCall()
    {
        s_start.SampleModelBased(
            s_call.Operation<ResidencySubject, ResidencyModelSide>(
                static (subject, call) => subject.Apply(call), static (model, call) => model.Apply(call)),
            equal: static (subject, model) => subject.Agrees(model),
            iter: 2_000,
            classify: static model => $"{model.LastOperation}: {model.LastStatus}",
            writeLine: output.WriteLine);
    }
}
