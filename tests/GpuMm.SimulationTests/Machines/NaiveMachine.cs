using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace GpuMm.SimulationTests.Machines;

/// <summary>
/// The machine as one would explain it: all jobs in a list, and time goes on in whole nanoseconds, one after the other.
/// Obviously right, and slow.
/// </summary>
internal sealed class NaiveMachine(bool isFullDuplex)
{
    private readonly List<Job> _jobs = [];

    public long Now { get; private set; }

    public int Add(int engine, int queue, int priority, long fixedNs, long linkNs, int direction, long notBeforeNs, params IEnumerable<int> after)
    {
        _jobs.Add(new Job(engine, queue, priority, notBeforeNs, isFullDuplex ? direction : 0, [.. after])
        {
            FixedLeft = fixedNs,
            LinkLeft = new BigInteger(linkNs) * 840,
        });
        Start();
        return _jobs.Count - 1;
    }

    public long? EndOf(int job) => _jobs[job].End;

    public long? StartOf(int job) => _jobs[job].Start;

    public void Advance(long nanoseconds)
    {
        for (long i = 0; i < nanoseconds; i++)
        {
            Tick();
        }
    }

    private void Tick()
    {
        Job[] running = [.. _jobs.Where(static j => j is { Start: not null, End: null })];
        int[] users = [UsersOf(running, 0), UsersOf(running, 1)];
        foreach (Job job in running)
        {
            if (job.FixedLeft > 0)
            {
                job.FixedLeft--;
            }
            else
            {
                job.LinkLeft = BigInteger.Max(0, job.LinkLeft - (840 / users[job.Lane]));
            }
        }

        Now++;
        Start();
    }

    private static int UsersOf(Job[] running, int lane) => running.Count(j => j.FixedLeft == 0 && j.Lane == lane);

    // Ends what is done, then lets each engine in turn take what it may; a job of no length is done at once.
    private void Start()
    {
        foreach (Job job in _jobs.Where(static j => j is { Start: not null, End: null } && j.FixedLeft == 0 && j.LinkLeft == 0))
        {
            job.End = Now;
        }

        bool again = true;
        while (again)
        {
            again = false;
            foreach (int engine in _jobs.Select(static j => j.Engine).Distinct().Order())
            {
                while (Next(engine) is { } next)
                {
                    next.Start = Now;
                    if (next.FixedLeft == 0 && next.LinkLeft == 0)
                    {
                        next.End = Now;
                        again = true;
                    }
                }
            }
        }
    }

    private Job? Next(int engine) => _jobs.Any(j => j.Engine == engine && j is { Start: not null, End: null })
        ? null
        : _jobs.Where(j => j.Engine == engine && j.Start is null)
            .GroupBy(static j => j.Queue)
            .Select(static g => g.First())
            .Where(j => j.NotBefore <= Now && j.After.All(other => _jobs[other].End is not null))
            .MaxBy(static j => j.Priority);

    private sealed class Job(int engine, int queue, int priority, long notBefore, int lane, int[] after)
    {
        public int Engine => engine;

        public int Queue => queue;

        public int Priority => priority;

        public long NotBefore => notBefore;

        public int Lane => lane;

        public int[] After => after;

        public long FixedLeft { get; set; }

        public BigInteger LinkLeft { get; set; }

        public long? Start { get; set; }

        public long? End { get; set; }
    }
}
