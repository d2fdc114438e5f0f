using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Client;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.State;
using GpuMm.Hosting.Views;
using GpuMm.Objects;
using Xunit;
using static GpuMm.HostingTests.SmallDevice;

namespace GpuMm.HostingTests;

/// <summary>Groups lie in groups, and what is set for one holds for all in it together.</summary>
public sealed class GroupTreeTests
{
    [Fact]
    public void AMaximumOfAGroupHoldsForAllInItTogether()
    {
        using SimulatedGpu gpu = Gpu();
        Ok(gpu.Groups.TryCreate("games"));
        Ok(gpu.Groups.TryCreate("games/shooter"));
        Ok(gpu.Groups.SetLimits("games", MemoryDomain.Vram, new MemoryLimits(MaxBytes: 6 << 20)));
        GpuSession inner = Open(gpu, "inner", "games/shooter");
        GpuSession outer = Open(gpu, "outer", "games");
        GpuSession other = Open(gpu, "other", null);
        Fill(other, 4);
        Fill(inner, 5);
        Fill(outer, 5);
        Assert.InRange(inner.DomainUsage(MemoryDomain.Vram).CurrentBytes + outer.DomainUsage(MemoryDomain.Vram).CurrentBytes, 5ul << 20, 6ul << 20);
        Assert.Equal(4ul << 20, other.DomainUsage(MemoryDomain.Vram).CurrentBytes); // They made room among themselves.
        GroupView games = new DeviceSnapshotService(gpu).Groups()[0];
        Assert.Equal(("games", 6ul << 20), (games.Path, games.Domains[0].MaxBytes));
        Assert.InRange(games.Domains[0].UsedBytes, 5ul << 20, 6ul << 20);
        Assert.InRange(games.Domains[0].PeakBytes, games.Domains[0].UsedBytes, 6ul << 20);
        Assert.Equal([outer.Id], games.Clients);
        Assert.Empty(gpu.Device.Validate());
    }

    [Fact]
    public void APromiseInsideAGroupCountsAsFarAsTheGroupIsPromised()
    {
        using SimulatedGpu gpu = Gpu();
        Ok(gpu.Groups.TryCreate("a"));
        GpuSession client = Open(gpu, "client", "a");
        GpuSession rival = Open(gpu, "rival", null);
        Ok(client.SetDomainLimits(MemoryDomain.Vram, new MemoryLimits(MinBytes: 6 << 20)));
        Fill(client, 8);
        DomainLimitView seen = DeviceSnapshotService.LimitsOf(client)[0];
        Assert.Equal((6ul << 20, 0ul), (seen.MinBytes, seen.EffectiveMinBytes));
        Ok(gpu.Groups.SetLimits("a", MemoryDomain.Vram, new MemoryLimits(MinBytes: 4 << 20)));
        Assert.Equal(4ul << 20, DeviceSnapshotService.LimitsOf(client)[0].EffectiveMinBytes);
        Fill(rival, 20);
        Assert.InRange(client.DomainUsage(MemoryDomain.Vram).CurrentBytes, 4ul << 20, 5ul << 20);
    }

    [Fact]
    public void WhatMakesNoSenseIsRefusedAndChangesNothing()
    {
        using SimulatedGpu gpu = Gpu();
        GroupTable groups = gpu.Groups;
        string deep = string.Join('/', Enumerable.Repeat("d", GroupTable.MaxDepth + 1));
        foreach (string path in (string[])["", "/", "a/", "/a", "a//b", "..", "a/../b", "a b", "ä", "a\0", new string('x', GroupTable.MaxNameLength + 1), deep])
        {
            Assert.Equal(SessionErrorKind.Invalid, groups.TryCreate(path)!.Kind);
        }

        Assert.Equal(SessionErrorKind.NotFound, groups.TryCreate("a/b")!.Kind);
        Ok(groups.TryCreate("a"));
        Ok(groups.TryCreate("a-b"));
        Ok(groups.TryCreate("a/b"));
        Assert.Equal(["a", "a/b", "a-b"], groups.Paths); // What lies in a group comes right after it.
        Assert.Equal(SessionErrorKind.Conflict, groups.TryCreate("a")!.Kind);
        Assert.Equal(SessionErrorKind.Conflict, groups.TryRemove("a")!.Kind);
        Assert.Equal(SessionErrorKind.NotFound, groups.TryRemove("b")!.Kind);
        Assert.Equal(SessionErrorKind.NotFound, groups.SetLimits("b", MemoryDomain.Vram, default)!.Kind);
        Assert.Equal(SessionErrorKind.Invalid, groups.SetLimits("a", MemoryDomain.Vram, new MemoryLimits(2, 0, 1))!.Kind);
        Assert.Equal(SessionErrorKind.NotFound, gpu.TryOpenSession("x", default, out _, "b")!.Kind);
        Assert.Empty(gpu.Sessions);
        GpuSession client = Open(gpu, "client", "a/b");
        Fill(client, 2);
        Assert.Equal(SessionErrorKind.Conflict, groups.SetLimits("a", MemoryDomain.Vram, new MemoryLimits(MaxBytes: 1 << 20))!.Kind);
        Assert.Equal(SessionErrorKind.Conflict, groups.TryRemove("a/b")!.Kind);
        client.Dispose();
        Ok(groups.TryRemove("a/b")); // Though its objects may be there still, while the GPU uses them.
        Ok(groups.TryRemove("a"));
        for (int i = groups.Paths.Count; i < GroupTable.MaxGroups; i++)
        {
            Ok(groups.TryCreate($"g{i}"));
        }

        Assert.Equal(SessionErrorKind.LimitReached, groups.TryCreate("more")!.Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GroupsAndWhoIsInThemComeBackAfterARestart(bool isSnapshotTaken)
    {
        using Folder folder = new();
        MemoryLimits limits = new(1 << 20, 2 << 20, 3 << 20);
        using (SimulatedGpu gpu = Gpu())
        {
            using DeviceState state = new(gpu, folder.Path);
            Ok(gpu.Groups.TryCreate("a"));
            Ok(gpu.Groups.TryCreate("a/b"));
            Ok(gpu.Groups.TryCreate("gone"));
            Ok(gpu.Groups.SetLimits("gone", MemoryDomain.Vram, limits));
            GpuSession client = Open(gpu, "client", "a/b");
            GpuSession other = Open(gpu, "other", "gone");
            Fill(client, 8);
            Fill(Open(gpu, "rival", null), 14); // Most of the client's are evicted for these.
            Ok(gpu.Groups.SetLimits("a", MemoryDomain.Vram, limits));
            other.Dispose();
            Ok(gpu.Groups.TryRemove("gone"));
            if (isSnapshotTaken)
            {
                state.Snapshot();
            }

            Ok(gpu.Groups.TryCreate("late"));
            await gpu.Journal!.WhenDurableAsync();
        }

        using SimulatedGpu again = Gpu();
        using DeviceState recovered = new(again, folder.Path);
        Assert.Equal(["a", "a/b", "late"], again.Groups.Paths);
        Assert.Equal("a/b", again.FindSession(1)!.GroupPath);
        Assert.Equal(8, again.FindSession(1)!.HandleCount);
        GroupView group = new DeviceSnapshotService(again).Groups()[0];
        Assert.Equal((limits.MinBytes, limits.LowBytes, (ulong?)limits.MaxBytes), (group.Domains[0].MinBytes, group.Domains[0].LowBytes, group.Domains[0].MaxBytes));
        Assert.InRange(group.Domains[0].UsedBytes, 0ul, 3ul << 20);
        Assert.Empty(again.Device.Validate());
    }

    [Fact]
    public void ClientsAndGroupsComeAndGoFromManyThreads()
    {
        using SimulatedGpu gpu = Gpu();
        using DeviceStateFolder kept = new(gpu);
        Parallel.For(0, 4, worker =>
        {
            for (int i = 0; i < 100; i++)
            {
                string path = $"g{(worker + i) % 3}";
                gpu.Groups.TryCreate(path);
                if (gpu.TryOpenSession("client", default, out GpuSession? client, path) is null)
                {
                    Assert.Equal(path, client!.GroupPath);
                    client.Dispose();
                }

                gpu.Groups.TryRemove(path);
            }
        });
        Assert.Empty(gpu.Sessions);
        Assert.All(gpu.Groups.Paths, path => Ok(gpu.Groups.TryRemove(path)));
        Assert.Single(gpu.Device.SnapshotGroups());
    }

    [Fact]
    public async Task TheServiceAndItsClientPackageKnowGroups()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using ServeProcess serve = await ServeProcess.StartAsync("--gpu", "gpu0:vram=16MiB,aperture=64MiB,system=64MiB");
        using GpuMmConnection service = GpuMmConnection.ToAddress(serve.Address);
        await service.CreateGroupAsync("gpu0", "games", cancel);
        await service.CreateGroupAsync("gpu0", "games/shooter", cancel);
        await service.SetGroupLimitsAsync("gpu0", "games", "vram", 1 << 20, 2 << 20, 3 << 20, cancel);
        await using GpuMmClient client = await service.OpenClientAsync("gpu0", new ClientSettings { Name = "test", Group = "games/shooter" }, cancel);
        for (int i = 0; i < 5; i++)
        {
            await client.CreateAsync(new NewObject { Size = 1 << 20, Placement = "vram" }, cancel);
        }

        GroupInfo[] groups = [.. await service.GetGroupsAsync("gpu0", cancel)];
        Assert.Equal(["games", "games/shooter"], groups.Select(static each => each.Path));
        Assert.Equal(new DomainLimits("vram", 1 << 20, 2 << 20, 3 << 20, 3 << 20, 3 << 20, 1 << 20, 2 << 20), groups[0].Domains[0]);
        Assert.Equal(client.Id, Assert.Single(groups[1].Clients));
        await RefusedAsync(409, () => service.CreateGroupAsync("gpu0", "games", cancel));
        await RefusedAsync(404, () => service.CreateGroupAsync("gpu0", "no/such", cancel));
        await RefusedAsync(400, () => service.CreateGroupAsync("gpu0", "a b", cancel));
        await RefusedAsync(409, () => service.RemoveGroupAsync("gpu0", "games/shooter", cancel));
        await RefusedAsync(409, () => service.SetGroupLimitsAsync("gpu0", "games", "vram", 0, 0, 1 << 20, cancel));
        await RefusedAsync(400, () => service.SetGroupLimitsAsync("gpu0", "games", "tape", 0, 0, null, cancel));
        await RefusedAsync(404, () => service.OpenClientAsync("gpu0", new ClientSettings { Name = "x", Group = "none" }, cancel));
        Assert.Contains("\"group\":\"games/shooter\"", await serve.Http.GetStringAsync("devices/gpu0/clients", cancel), StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(int status, Func<Task> ask) => Assert.Equal(status, (await Assert.ThrowsAsync<GpuMmException>(ask)).Status);

    private sealed class DeviceStateFolder : IDisposable
    {
        private readonly Folder _folder = new();
        private readonly DeviceState _state;

        public DeviceStateFolder(SimulatedGpu gpu)
        {
            _state = new DeviceState(gpu, _folder.Path);
        }

        public void Dispose()
        {
            _state.Dispose();
            _folder.Dispose();
        }
    }
}
