using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Client;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.State;
using GpuMm.Objects;
using Xunit;
using static GpuMm.HostingTests.SmallDevice;

namespace GpuMm.HostingTests;

/// <summary>What a client is promised in a domain is kept, and more than it may use it does not get.</summary>
public sealed class GroupTests
{
    [Fact]
    public void AMinimumIsNotEvictedForOthersAndAMaximumMakesRoomAmongItsOwn()
    {
        using SimulatedGpu gpu = Gpu();
        GpuSession first = Open(gpu, "first");
        GpuSession second = Open(gpu, "second");
        Ok(first.SetDomainLimits(MemoryDomain.Vram, new MemoryLimits(MinBytes: 6 << 20)));
        Ok(second.SetDomainLimits(MemoryDomain.Vram, new MemoryLimits(MaxBytes: 12 << 20)));
        Fill(first, 8);
        Fill(second, 20);
        Assert.InRange(first.DomainUsage(MemoryDomain.Vram).CurrentBytes, 6ul << 20, 8ul << 20);
        Assert.InRange(second.DomainUsage(MemoryDomain.Vram).CurrentBytes, 8ul << 20, 12ul << 20);
        Assert.Equal(20, second.HandleCount);
        Fill(second, 20);
        Assert.InRange(first.DomainUsage(MemoryDomain.Vram).CurrentBytes, 6ul << 20, 8ul << 20);
        Assert.Empty(gpu.Device.Validate());
    }

    [Fact]
    public void WithoutLimitsTheOldestGoesWhoeverItIs()
    {
        using SimulatedGpu gpu = Gpu();
        GpuSession first = Open(gpu, "first");
        GpuSession second = Open(gpu, "second");
        Fill(first, 8);
        Fill(second, 20);
        Assert.Equal(0ul, first.DomainUsage(MemoryDomain.Vram).CurrentBytes);
    }

    [Fact]
    public void LimitsThatMakeNoSenseAreRefusedAndChangeNothing()
    {
        using SimulatedGpu gpu = Gpu();
        GpuSession client = Open(gpu, "client");
        Fill(client, 8);
        MemoryLimits good = new(1 << 20, 2 << 20, 9 << 20);
        Ok(client.SetDomainLimits(MemoryDomain.Vram, good));
        SessionError busy = client.SetDomainLimits(MemoryDomain.Vram, new MemoryLimits(MaxBytes: 7 << 20))!;
        Assert.Equal(SessionErrorKind.Conflict, busy.Kind);
        Assert.Contains("uses 8 MiB there already", busy.Message, StringComparison.Ordinal);
        Assert.Equal(SessionErrorKind.Invalid, client.SetDomainLimits(MemoryDomain.Vram, new MemoryLimits(MinBytes: 10, MaxBytes: 9))!.Kind);
        Assert.Equal(SessionErrorKind.Invalid, client.SetDomainLimits(MemoryDomain.Vram, new MemoryLimits(LowBytes: 10, MaxBytes: 9))!.Kind);
        Assert.Equal(SessionErrorKind.Invalid, client.SetDomainLimits(MemoryDomain.Private0, default)!.Kind);
        Assert.Equal(good, client.DomainLimits(MemoryDomain.Vram));
        client.Dispose();
        Assert.Equal(SessionErrorKind.Gone, client.SetDomainLimits(MemoryDomain.Vram, good)!.Kind);
    }

    [Fact]
    public void AGroupGoesWithItsClientOrWithTheLastObjectThatOthersUse()
    {
        using SimulatedGpu gpu = Gpu();
        GpuSession first = Open(gpu, "first");
        GpuSession second = Open(gpu, "second");
        Assert.Equal(3, gpu.Device.SnapshotGroups().Count);
        Ok(first.Create(new ObjectRequest(4096, "a", "system"), out uint handle)); // Where no engine clears it, which would take time.
        Ok(first.Share(handle, "shared"));
        Ok(second.OpenShared("shared", out uint other));
        first.Dispose();
        Assert.Equal(3, gpu.Device.SnapshotGroups().Count);
        Ok(second.Destroy(other));
        gpu.Device.Reap();
        gpu.SessionTable.RemoveGroups();
        Assert.Equal(2, gpu.Device.SnapshotGroups().Count);
        second.Dispose();
        Assert.Single(gpu.Device.SnapshotGroups());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LimitsOfDomainsComeBackAfterARestartWhereverObjectsLie(bool isSnapshotTaken)
    {
        using Folder folder = new();
        MemoryLimits limits = new(1 << 20, 2 << 20, 3 << 20);
        using (SimulatedGpu gpu = Gpu())
        {
            using DeviceState state = new(gpu, folder.Path);
            GpuSession client = Open(gpu, "client");
            GpuSession other = Open(gpu, "other");
            Fill(client, 8);
            Fill(other, 14); // Most of the client's are evicted for these.
            Ok(client.SetDomainLimits(MemoryDomain.Vram, limits));
            Ok(client.SetDomainLimits(MemoryDomain.Gtt, new MemoryLimits(MaxBytes: 40 << 20)));
            Ok(other.SetDomainLimits(MemoryDomain.Vram, limits with { MaxBytes = 15 << 20 }));
            other.Dispose();
            if (isSnapshotTaken)
            {
                state.Snapshot();
            }

            await gpu.Journal!.WhenDurableAsync();
        }

        using SimulatedGpu again = Gpu();
        using DeviceState recovered = new(again, folder.Path);
        GpuSession back = again.FindSession(1)!;
        Assert.Equal(limits, back.DomainLimits(MemoryDomain.Vram));
        Assert.Equal(new MemoryLimits(MaxBytes: 40 << 20), back.DomainLimits(MemoryDomain.Gtt));
        Assert.InRange(back.DomainUsage(MemoryDomain.Vram).CurrentBytes, 0ul, 3ul << 20);
        Assert.Equal(8, back.HandleCount);
        Assert.Single(again.Sessions);
        Assert.Empty(again.Device.Validate());
    }

    [Fact]
    public async Task LimitsAreSetAndReadThroughTheServiceAndItsClientPackage()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using ServeProcess serve = await ServeProcess.StartAsync("--gpu", "gpu0:vram=16MiB,aperture=64MiB,system=64MiB");
        using GpuMmConnection service = GpuMmConnection.ToAddress(serve.Address);
        await using GpuMmClient client = await service.OpenClientAsync("gpu0", new ClientSettings { Name = "test" }, cancel);
        await service.SetDomainLimitsAsync("gpu0", client.Id, "vram", 1 << 20, 2 << 20, 3 << 20, cancel);
        for (int i = 0; i < 5; i++)
        {
            await client.CreateAsync(new NewObject { Size = 1 << 20, Placement = "vram" }, cancel);
        }

        ClientLimits limits = await service.GetLimitsAsync("gpu0", client.Id, cancel);
        Assert.Equal(["vram", "gtt", "system"], limits.Domains.Select(static each => each.Domain));
        Assert.Equal(new DomainLimits("vram", 1 << 20, 2 << 20, 3 << 20, 3 << 20, 3 << 20, 1 << 20, 2 << 20), limits.Domains[0]);
        Assert.Null(limits.Domains[1].MaxBytes);
        Assert.Equal(409, (await Assert.ThrowsAsync<GpuMmException>(() => service.SetDomainLimitsAsync("gpu0", client.Id, "vram", 0, 0, 1 << 20, cancel))).Status);
        Assert.Equal(400, (await Assert.ThrowsAsync<GpuMmException>(() => service.SetDomainLimitsAsync("gpu0", client.Id, "tape", 0, 0, null, cancel))).Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<GpuMmException>(() => service.SetDomainLimitsAsync("gpu0", 999, "vram", 0, 0, null, cancel))).Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<GpuMmException>(() => service.GetLimitsAsync("gpu0", 999, cancel))).Status);
    }
}
