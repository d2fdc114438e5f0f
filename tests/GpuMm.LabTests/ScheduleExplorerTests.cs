using System;
using System.Linq;
using CsCheck;
using GpuMm.Lab.Race;
using Xunit;

namespace GpuMm.LabTests;

public sealed class ScheduleExplorerTests
{
    private static readonly Gen<string> s_program = Gen.Char["abcABC--"].Array[0, 5].Select(static steps => new string(steps));

    [Fact]
    public void IndependentStepsInterleaveInBinomiallyManyWays()
    {
        for (int left = 0; left <= 7; left++)
        {
            for (int right = 0; right <= 7; right++)
            {
                ScheduleRecorder recorder = Explore(new string('-', left), new string('-', right));
                Assert.Equal(Binomial.Of(left + right, left), recorder.Schedules.Count);
                Assert.Equal(recorder.Schedules.Count, recorder.Schedules.Distinct(StringComparer.Ordinal).Count());
            }
        }
    }

    [Fact]
    public void ThreeActorsInterleaveInMultinomiallyManyWays() =>
        Assert.Equal(Binomial.Of(9, 4) * Binomial.Of(5, 3), Explore("----", "---", "--").Schedules.Count);

    [Fact]
    public void ALockKeepsTheOtherActorOut() => Assert.Equal(
        ["00001111", "11110000"], Explore("a--A", "a--A").Schedules, StringComparer.Ordinal);

    [Fact]
    public void TwoLocksInOppositeOrderEndStuck()
    {
        ScheduleRecorder recorder = Explore("abBA", "baAB");
        Assert.Contains("01", recorder.Schedules, StringComparer.Ordinal);
        Assert.Contains("10", recorder.Schedules, StringComparer.Ordinal);
        Assert.All(recorder.Ends, static end => Assert.Equal(ScheduleEnd.NobodyCanStep, end));
    }

    [Fact]
    public void AnActorThatNeverEndsMeetsTheStepLimit()
    {
        ScheduleRecorder recorder = Explore("-r");
        Assert.Equal(ScheduleExplorer.MaxSteps, Assert.Single(recorder.Schedules).Length);
        Assert.Equal(ScheduleEnd.StepLimit, Assert.Single(recorder.Ends));
    }

    [Fact]
    public void AScheduleOfExactlyTheLimitIsComplete()
    {
        ScheduleRecorder recorder = Explore(new string('-', ScheduleExplorer.MaxSteps));
        Assert.Equal(ScheduleEnd.NobodyCanStep, Assert.Single(recorder.Ends));
    }

    [Fact]
    public void TooManySchedulesAreRefused()
    {
        string program = new('-', ScheduleExplorer.MaxSteps / 2);
        var visitor = default(IgnoreSchedules);
        Assert.Throws<InvalidOperationException>(
            () => ScheduleExplorer.Explore<LockModel, LockModelState, IgnoreSchedules>(
                new LockModel(program, program), default, ref visitor));
    }

    [Fact]
    public void EveryScheduleOfRandomProgramsIsFoundOnceAndInOrder() =>
        Gen.Select(s_program, s_program, Gen.Char["aA-"].Array[0, 3].Select(static steps => new string(steps)))
            .Sample(static (first, second, third) =>
            {
                string[] naive = [.. NaiveExplorer.Explore(new LockModel(first, second, third), default(LockModelState))
                    .Select(static entry => string.Concat(entry.Schedule))];
                return Explore(first, second, third).Schedules.SequenceEqual(naive, StringComparer.Ordinal);
            }, iter: 60);

    private static ScheduleRecorder Explore(params string[] programs)
    {
        var recorder = new ScheduleRecorder();
        long count = ScheduleExplorer.Explore<LockModel, LockModelState, ScheduleRecorder>(
            new LockModel(programs), default, ref recorder);
        Assert.Equal(recorder.Schedules.Count, count);
        return recorder;
    }
}
