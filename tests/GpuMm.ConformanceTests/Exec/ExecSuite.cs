using System.Linq;
using System.Threading;
using GpuMm.Fences;
using Xunit;

namespace GpuMm.ConformanceTests.Exec;

/// <summary>The suites drm_exec and st-dma-resv: sets of locks, and fences by class.</summary>
public sealed class ExecSuite
{
    private readonly AcquireContext _exec = new();
    private readonly Reservation _first = new();
    private readonly Reservation _second = new();

    public static TheoryData<FenceUsage> Usages { get; } = [FenceUsage.Kernel, FenceUsage.Write, FenceUsage.Read, FenceUsage.Bookkeep];

    [Fact]
    public void EXEC_1_sanitycheck()
    {
        _exec.Open();
        _exec.UnlockAll();
        Assert.Equal(0, _exec.HeldCount);
    }

    [Fact]
    public void EXEC_2_test_lock()
    {
        _exec.Open();
        Assert.Equal(MmStatus.Ok, _exec.Add(_first));
        Assert.True(_first.IsHeldBy(_exec.Ticket));
        _exec.UnlockAll();
        Assert.False(_first.IsLocked);
    }

    [Fact]
    public void EXEC_3_test_lock_unlock()
    {
        _exec.Open();
        Assert.Equal(MmStatus.Ok, _exec.Add(_second));
        Assert.Equal(MmStatus.Ok, _exec.Add(_first));
        Assert.True(_exec.Remove(_second));
        Assert.False(_exec.Remove(_second));
        Assert.False(_second.IsLocked);
        Assert.True(_first.IsLocked);
        Assert.Equal(MmStatus.Ok, _exec.Add(_second));
        _exec.UnlockAll();
        Assert.False(_first.IsLocked || _second.IsLocked);
    }

    [Fact]
    public void EXEC_4_test_duplicates()
    {
        _exec.Open();
        Assert.Equal(MmStatus.Ok, _exec.Add(_first));
        Assert.Equal(MmStatus.Ok, _exec.Add(_first));
        Assert.Equal(1, _exec.HeldCount);
        _exec.UnlockAll();
        Assert.False(_first.IsLocked);
    }

    [Fact]
    public void EXEC_5_test_prepare()
    {
        _exec.Open();
        Assert.Equal(MmStatus.Ok, _exec.Add(_first));
        _first.ReserveFences(1);
        Assert.Equal(0, _first.FenceCount);
        _exec.UnlockAll();
    }

    [Fact]
    public void EXEC_6_test_prepare_array()
    {
        _exec.LockAll([_first, _second]);
        _first.ReserveFences(1);
        _second.ReserveFences(1);
        Assert.Equal(2, _exec.HeldCount);
        _exec.UnlockAll();
        Assert.False(_first.IsLocked || _second.IsLocked);
    }

    [Fact]
    public void EXEC_7_test_multiple_loops()
    {
        for (int i = 0; i < 2; i++)
        {
            _exec.Open();
            Assert.Equal(MmStatus.Ok, _exec.Add(i == 0 ? _first : _second));
            _exec.UnlockAll();
        }

        Assert.Equal(0ul, _exec.Restarts);
    }

    [Fact]
    public void EXEC_8_a_set_that_meets_an_older_one_begins_again_with_what_it_waited_for()
    {
        AcquireContext older = new();
        older.Open();
        Assert.Equal(MmStatus.Ok, older.Add(_first));
        using ManualResetEventSlim holdsSecond = new();
        MmStatus[] answers = new MmStatus[4];
        int heldAfterRestart = 0;
        Thread younger = new(() =>
        {
            _exec.Open();
            answers[0] = _exec.Add(_second);
            holdsSecond.Set();
            answers[1] = _exec.Add(_first);
            heldAfterRestart = _exec.HeldCount;
            answers[2] = _exec.Add(_second);
            answers[3] = _exec.Add(_first);
            _exec.UnlockAll();
        });
        younger.Start();
        holdsSecond.Wait(TestContext.Current.CancellationToken);
        Assert.Equal(MmStatus.Ok, older.Add(_second)); // It comes free, for the younger set drops it.
        older.UnlockAll();
        younger.Join();
        Assert.Equal([MmStatus.Ok, MmStatus.Deadlock, MmStatus.Ok, MmStatus.Ok], answers);
        Assert.Equal(1, heldAfterRestart);
        Assert.Equal(1ul, _exec.Restarts);
        Assert.False(_first.IsLocked || _second.IsLocked);
    }

    [Fact]
    public void RESV_1_sanitycheck()
    {
        _first.Lock();
        Fence fence = new FenceContext("mock").Issue();
        _first.AddFence(fence, FenceUsage.Bookkeep);
        Assert.Equal(1, _first.FenceCount);
        _first.Unlock();
    }

    [Theory]
    [MemberData(nameof(Usages))]
    public void RESV_2_signaling(FenceUsage usage)
    {
        FenceContext mock = new("mock");
        _first.Lock();
        _first.AddFence(mock.Issue(), usage);
        Assert.True(_first.TryGetUnsignaled(usage, out _));
        mock.SignalTo(1);
        Assert.False(_first.TryGetUnsignaled(usage, out _));
        _first.Unlock();
    }

    [Theory]
    [MemberData(nameof(Usages))]
    public void RESV_3_for_each(FenceUsage usage)
    {
        FenceContext mock = new("mock");
        Fence fence = mock.Issue();
        _first.Lock();
        _first.AddFence(fence, usage);
        (Fence Fence, FenceUsage Usage)[] found =
        [
            .. Enumerable.Range(0, _first.FenceCount).Select(i => (_first.FenceAt(i, out FenceUsage stored), stored)),
        ];
        Assert.Equal([(fence, usage)], found);
        _first.Unlock();
    }

    [Theory]
    [MemberData(nameof(Usages))]
    public void RESV_4_a_class_is_found_by_itself_and_by_every_weaker_one(FenceUsage usage)
    {
        FenceContext mock = new("mock");
        _first.Lock();
        _first.AddFence(mock.Issue(), usage);
        foreach (FenceUsage asked in Usages.Select(static row => row.Data))
        {
            Assert.Equal(asked >= usage, _first.TryGetUnsignaled(asked, out _));
        }

        _first.Unlock();
    }
}
