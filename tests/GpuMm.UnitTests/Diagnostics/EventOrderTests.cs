using System;
using System.Collections.Generic;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Diagnostics;

/// <summary>Events of several threads: a later number has no earlier time, and the last one about a limit says what holds.</summary>
public sealed class EventOrderTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void WhoWaitsForItsTurnIsTimedWhenItComes()
    {
        ClockedDriver driver = new() { Now = 1 };
        using TestDevice test = new(driver: driver);
        Thread second = new(() => test.Device.Report(DeviceEventKind.Used, default));
        Observer observer = new()
        {
            OnFirst = () =>
            {
                second.Start();
                Assert.True(SpinWait.SpinUntil(() => second.ThreadState == ThreadState.WaitSleepJoin, s_patience));
                driver.Now = 100;
            },
        };
        test.Device.AddObserver(observer);
        test.Device.Report(DeviceEventKind.Submitted, default);
        Assert.True(second.Join(s_patience));
        Assert.Equal([1ul, 100ul], observer.Events.ConvertAll(static occurred => occurred.TimeNs));
    }

    [Fact]
    public void TheLastEventAboutALimitSaysWhatHolds()
    {
        using TestDevice test = new();
        MemoryGroup group = test.Device.RootGroup.CreateChild("group");
        MmStatus answered = MmStatus.Busy;
        Thread second = new(() => answered = group.SetLimits(MemoryDomain.Vram, new MemoryLimits(0, 0, 8192)));
        ulong maxBytes = 0;
        Observer observer = new()
        {
            // Between what the first one set and what is told about it the second one comes, if it can.
            OnFirst = () =>
            {
                second.Start();
                Assert.True(SpinWait.SpinUntil(() => second.ThreadState == ThreadState.WaitSleepJoin, s_patience));
                Thread reader = new(() => maxBytes = group.LimitsOf(MemoryDomain.Vram).MaxBytes); // No lock may follow that of events.
                reader.Start();
                Assert.True(reader.Join(s_patience));
            },
        };
        test.Device.AddObserver(observer);
        Assert.Equal(MmStatus.Ok, group.SetLimits(MemoryDomain.Vram, new MemoryLimits(0, 0, 4096)));
        Assert.True(second.Join(s_patience));
        Assert.Equal(MmStatus.Ok, answered);
        Assert.Equal(4096ul, maxBytes);
        Assert.Equal(8192ul, observer.Events[^1].SizeBytes);
        Assert.Equal(8192ul, group.LimitsOf(MemoryDomain.Vram).MaxBytes);
    }

    private sealed class ClockedDriver : InlineDriver
    {
        public ulong Now { get; set; }

        public override ulong NowNs => Now;
    }

    private sealed class Observer : IDeviceObserver
    {
        public Action? OnFirst { get; set; }

        public List<DeviceEvent> Events { get; } = [];

        public void OnEvent(in DeviceEvent occurred)
        {
            Events.Add(occurred);
            Action? act = OnFirst;
            OnFirst = null;
            act?.Invoke();
        }
    }
}
