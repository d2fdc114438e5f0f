using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.State;
using GpuMm.Paging;
using GpuMm.Primitives;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>What is acknowledged is kept.</summary>
public sealed class StateTests
{
    [Fact]
    public async Task ASnapshotThatFailsLosesNothingAndTheNextOneSucceeds()
    {
        using Folder folder = new();
        using (SimulatedGpu gpu = Gpu())
        {
            using DeviceState state = new(gpu, folder.Path);
            GpuSession client = Open(gpu, "client");
            Ok(client.Create(new ObjectRequest(4096, "a"), out uint a));
            Ok(client.WriteObject(a, 0, "early"u8));
            string inTheWay = Path.Combine(folder.Path, "snapshot-0000000001.gpumm");
            Directory.CreateDirectory(Path.Combine(inTheWay, "full"));
            Assert.ThrowsAny<IOException>(state.Snapshot);
            Ok(client.WriteObject(a, 100, "between"u8));
            await gpu.Journal!.WhenDurableAsync();
            Directory.Delete(inTheWay, recursive: true);
            state.Snapshot();
            Assert.Equal(1, state.SnapshotCount);
            Ok(client.WriteObject(a, 200, "later"u8));
            await gpu.Journal!.WhenDurableAsync();
        }

        using SimulatedGpu again = Gpu();
        using DeviceState recovered = new(again, folder.Path);
        byte[] text = new byte[205];
        Ok(again.FindSession(1)!.ReadObject(1, 0, text));
        Assert.Equal("early"u8.ToArray(), text[..5]);
        Assert.Equal("between"u8.ToArray(), text[100..107]);
        Assert.Equal("later"u8.ToArray(), text[200..]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EverythingAClientHasComesBack(bool isSnapshotTaken)
    {
        using Folder folder = new();
        ulong address;
        using (SimulatedGpu gpu = Gpu())
        {
            using DeviceState state = new(gpu, folder.Path);
            GpuSession first = Open(gpu, "first");
            GpuSession second = Open(gpu, "second");
            Ok(first.Create(new ObjectRequest(64 * 1024, "a", "vram", Caching.Cached, 2, 65536), out uint a));
            Ok(first.Create(new ObjectRequest(8192, "b"), out uint b));
            Ok(first.Create(new ObjectRequest(4096, "gone"), out uint gone));
            Ok(first.Map(a, VmProtection.Read, out address));
            Ok(first.WriteObject(b, 100, "hello"u8));
            Ok(first.Destroy(gone));
            Ok(first.Pin(b, "gtt"));
            Ok(first.Share(b, "shared"));
            Ok(second.OpenShared("shared", out uint other));
            Ok(second.WriteObject(other, 103, "p!"u8));
            Ok(second.SetLimits(new SessionLimits(1 << 20, 7)));
            Ok(first.Advise(a, isNeeded: false, out _));
            Open(gpu, "closed").Dispose();
            if (isSnapshotTaken)
            {
                state.Snapshot();
                Ok(second.WriteObject(other, 4096, "later"u8));
            }

            await gpu.Journal!.WhenDurableAsync();
        }

        using SimulatedGpu again = Gpu();
        using DeviceState recovered = new(again, folder.Path);
        Assert.Equal(0, recovered.DiscardedBytes);
        Assert.Equal(["first", "second"], again.Sessions.Select(static session => session.Name));
        GpuSession back = again.FindSession(1)!;
        Assert.Equal([1u, 2u], back.Objects().Select(static each => each.Key));
        Assert.Equal((2, 65536ul, Caching.Cached), (back.Find(1)!.Target.Priority, back.Find(1)!.Target.AlignmentBytes, back.Find(1)!.Target.Caching));
        Assert.True(back.Find(1)!.Target.IsPurgeable);
        Assert.Equal(1, back.Find(2)!.Target.PinCount);
        Assert.Equal(MemoryDomain.Gtt, back.Find(2)!.Target.Resource!.Domain);
        Assert.Same(back.Find(2), again.FindSession(2)!.Find(1));
        Assert.Equal(new SessionLimits(1 << 20, 7), again.FindSession(2)!.Limits);
        byte[] text = new byte[5];
        Ok(again.FindSession(2)!.ReadObject(1, 100, text));
        Assert.Equal("help!"u8.ToArray(), text);
        Ok(back.Read(address, text));
        Assert.Equal(SessionErrorKind.AccessFault, back.Write(address, text)!.Kind);
        if (isSnapshotTaken)
        {
            Ok(back.ReadObject(2, 4096, text));
            Assert.Equal("later"u8.ToArray(), text);
        }

        // Numbers go on where they were.
        Ok(back.Create(new ObjectRequest(1), out uint next));
        Assert.Equal(4u, next);
        Assert.Equal(4, Open(again, "new").Id);
        Assert.Empty(again.Device.Validate());
    }

    [Fact]
    public async Task AJournalCutAnywhereGivesTheStateBeforeTheCut()
    {
        using Folder folder = new();
        List<(long Bytes, int Objects, byte Last)> acknowledged = [];
        string path = Path.Combine(folder.Path, "journal-0000000000.gpumm");
        using (SimulatedGpu gpu = Gpu())
        {
            using DeviceState state = new(gpu, folder.Path);
            GpuSession session = Open(gpu, "client");
            for (byte i = 1; i <= 12; i++)
            {
                Ok(session.Create(new ObjectRequest(4096), out uint handle));
                Ok(session.WriteObject(handle, 7, [i]));
                await gpu.Journal!.WhenDurableAsync();
                acknowledged.Add((new FileInfo(path).Length, i, i));
            }
        }

        byte[] whole = File.ReadAllBytes(path);
        Prng random = new(7);
        for (int cut = 0; cut <= whole.Length; cut += 1 + (int)random.Below(23))
        {
            using Folder copy = new(isInMemory: true);
            string torn = Path.Combine(copy.Path, "journal-0000000000.gpumm");
            File.WriteAllBytes(torn, whole[..cut]);
            if (random.Below(2) == 0)
            {
                // What was written after the cut may be there as garbage.
                byte[] garbage = new byte[40];
                for (int i = 0; i < garbage.Length; i++)
                {
                    garbage[i] = (byte)random.Below(256);
                }

                File.AppendAllBytes(torn, cut < 24 ? [] : garbage);
            }

            using SimulatedGpu gpu = Gpu();
            using DeviceState state = new(gpu, copy.Path);
            (long _, int objects, byte last) = acknowledged.LastOrDefault(each => each.Bytes <= cut);
            GpuSession? session = gpu.FindSession(1);
            Assert.True((session?.HandleCount ?? 0) >= objects, $"cut at {cut}: {session?.HandleCount} of {objects} objects");
            byte[] found = new byte[1];
            for (uint handle = 1; handle <= objects; handle++)
            {
                Ok(session!.ReadObject(handle, 7, found));
                Assert.Equal(handle, found[0]);
            }

            Assert.Equal(objects, last);
        }
    }

    [Fact]
    public async Task AByteThatFlipsAnywhereIsNeverPassedOverInSilence()
    {
        using Folder folder = new();
        using (SimulatedGpu gpu = Gpu())
        {
            using DeviceState state = new(gpu, folder.Path);
            Ok(Open(gpu, "client").Create(new ObjectRequest(4096, "kept"), out _));
            state.Snapshot();
            Assert.True(state.NameFlushes >= 3, "Two journals and a snapshot have durable names.");
            for (byte i = 1; i <= 4; i++)
            {
                Ok(gpu.FindSession(1)!.WriteObject(1, i, [i]));
                await gpu.Journal!.WhenDurableAsync();
            }
        }

        int refused = 0;
        int salvaged = 0;
        foreach (string path in Directory.GetFiles(folder.Path, "*.gpumm"))
        {
            byte[] whole = File.ReadAllBytes(path);
            Parallel.For(0, whole.Length, place =>
            {
                byte[] damaged = [.. whole];
                damaged[place] ^= (byte)(1 << (place % 8));
                (bool isRefused, bool isSalvaged) = WhatIsSaidOf(folder, path, damaged, place);
                Interlocked.Add(ref refused, isRefused ? 1 : 0);
                Interlocked.Add(ref salvaged, isSalvaged ? 1 : 0);
            });
        }

        Assert.True(refused > 200 && salvaged > 50, $"{refused} refused, {salvaged} of them salvaged");
    }

    // Either everything is there, or the file is named and what can be salvaged is what came first.
    private static (bool IsRefused, bool IsSalvaged) WhatIsSaidOf(Folder folder, string path, byte[] damaged, int place)
    {
        using Folder copy = CopyOf(folder);
        string file = Path.Combine(copy.Path, Path.GetFileName(path));
        File.WriteAllBytes(file, damaged);
        if (Problem(copy, salvages: false, out byte[] written) is not { } problem)
        {
            Assert.True(written.SequenceEqual((byte[])[1, 2, 3, 4]), $"{path} at {place}: {string.Join(' ', written)}");
            return (false, false);
        }

        Assert.Contains(Path.GetFileName(path), problem, StringComparison.Ordinal);
        if (!problem.Contains("--salvage", StringComparison.Ordinal))
        {
            return (true, false);
        }

        Assert.Null(Problem(copy, salvages: true, out written));
        int kept = written.TakeWhile((value, i) => value == i + 1).Count();
        Assert.True(written[kept..].All(static value => value == 0), "What is kept is what came first.");
        Assert.True(File.Exists(file + ".damaged"));
        Assert.Null(Problem(copy, salvages: false, out byte[] again));
        Assert.Equal(written, again);
        return (true, true);
    }

    [Fact]
    public async Task SalvageCountsWhatItDrops()
    {
        using Folder folder = new();
        using (SimulatedGpu gpu = Gpu())
        {
            using DeviceState state = new(gpu, folder.Path);
            GpuSession client = Open(gpu, "client");
            for (int i = 0; i < 6; i++)
            {
                Ok(client.Create(new ObjectRequest(4096, $"object {i}"), out _));
                await gpu.Journal!.WhenDurableAsync();
            }
        }

        string path = Path.Combine(folder.Path, "journal-0000000000.gpumm");
        byte[] bytes = File.ReadAllBytes(path);
        int third = bytes.AsSpan().IndexOf("object 2"u8);
        bytes[third] ^= 4;
        File.WriteAllBytes(path, bytes);
        using SimulatedGpu again = Gpu();
        using DeviceState salvaged = new(again, folder.Path, salvages: true);
        Assert.Equal(["object 0", "object 1"], again.FindSession(1)!.Objects().Select(static each => each.Value.Target.Name));
        Assert.Equal(3, salvaged.SalvageDroppedRecords); // The fourth to the sixth; the third is none any more.
        Assert.InRange(salvaged.SalvageDroppedBytes, bytes.Length - third, bytes.Length - third + 100);
        Assert.Equal(0, salvaged.DiscardedBytes);
    }

    [Fact]
    public async Task ASnapshotWhileClientsWriteLosesNothing()
    {
        using Folder folder = new();
        const int Writers = 4;
        byte[][] last = new byte[Writers][];
        using (SimulatedGpu gpu = Gpu())
        {
            using DeviceState state = new(gpu, folder.Path);
            using CancellationTokenSource stop = new(TimeSpan.FromMinutes(10));
            int written = 0;
            Task[] writers = [.. Enumerable.Range(0, Writers).Select(index => Task.Run(async () =>
            {
                GpuSession session = Open(gpu, $"writer {index}");
                Ok(session.Create(new ObjectRequest(256 * 1024, $"{index}"), out uint handle));
                Prng random = new((ulong)index);
                byte[] content = new byte[256 * 1024];
                while (!stop.IsCancellationRequested)
                {
                    int at = (int)random.Below(256 * 1024 - 64);
                    for (int i = 0; i < 64; i++)
                    {
                        content[at + i] = (byte)random.Below(256);
                    }

                    Ok(session.WriteObject(handle, (ulong)at, content.AsSpan(at, 64)));
                    Ok(session.Create(new ObjectRequest(4096), out uint shortLived));
                    Ok(session.Destroy(shortLived));
                    await gpu.Journal!.WhenDurableAsync();
                    Interlocked.Increment(ref written);
                }

                last[session.Id - 1] = content;
            }))];
            while (state.SnapshotCount < 5 || Volatile.Read(ref written) < 50 * Writers)
            {
                state.Snapshot();
                Assert.False(stop.IsCancellationRequested, $"{state.SnapshotCount} snapshots, {written} turns of writers");
            }

            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }

        using SimulatedGpu again = Gpu();
        using DeviceState recovered = new(again, folder.Path);
        Assert.Equal(Writers, again.Sessions.Count);
        foreach (GpuSession session in again.Sessions)
        {
            byte[] found = new byte[256 * 1024];
            Ok(session.ReadObject(1, 0, found));
            Assert.Equal(last[session.Id - 1], found);
            Assert.Equal(1, session.HandleCount);
        }

        Assert.Empty(again.Device.Validate());
    }

    [Fact]
    public void DamageIsFoundAndNamed()
    {
        using Folder folder = new();
        using (SimulatedGpu gpu = Gpu())
        {
            using DeviceState state = new(gpu, folder.Path);
            Ok(Open(gpu, "client").Create(new ObjectRequest(4096), out _));
            state.Snapshot();
            using SimulatedGpu other = Gpu();
            Assert.Contains("stop the other service", Assert.Throws<StateException>(() => new DeviceState(other, folder.Path)).Message, StringComparison.Ordinal);
        }

        string path = Directory.GetFiles(folder.Path, "snapshot-*").Single();
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^20] ^= 1;
        File.WriteAllBytes(path, bytes);
        using SimulatedGpu again = Gpu();
        StateException damaged = Assert.Throws<StateException>(() => new DeviceState(again, folder.Path));
        Assert.Contains(Path.GetFileName(path), damaged.Message, StringComparison.Ordinal);
        File.WriteAllText(path, "this is a letter to my aunt");
        using SimulatedGpu third = Gpu();
        Assert.Contains("no snapshot of GpuMm", Assert.Throws<StateException>(() => new DeviceState(third, folder.Path)).Message, StringComparison.Ordinal);
    }

    // The sentence of the refusal, or null and what was written to object 1.
    private static string? Problem(Folder folder, bool salvages, out byte[] written)
    {
        written = new byte[4];
        using SimulatedGpu gpu = Gpu(1); // Small ones are made faster, and there are thousands.
        try
        {
            using DeviceState state = new(gpu, folder.Path, salvages);
            Ok(gpu.FindSession(1)!.ReadObject(1, 1, written));
            return null;
        }
        catch (StateException refused)
        {
            return refused.Message;
        }
    }

    private static Folder CopyOf(Folder folder)
    {
        Folder copy = new(isInMemory: true);
        foreach (string file in Directory.GetFiles(folder.Path, "*.gpumm"))
        {
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        }

        return copy;
    }

    private static SimulatedGpu Gpu() => Gpu(16);

    private static SimulatedGpu Gpu(ulong mebibytes) =>
        new("gpu0", new SimulatedGpuOptions { Vram = ByteCount.MiB(mebibytes), Aperture = ByteCount.MiB(mebibytes * 4), System = ByteCount.MiB(mebibytes * 4), EventCapacity = 64 });

    private static void Ok(SessionError? error) => Assert.Null(error);

    private static GpuSession Open(SimulatedGpu gpu, string name)
    {
        Ok(gpu.SessionTable.TryOpen(name, default, out GpuSession? session, new byte[32], TimeSpan.FromMinutes(1)));
        return session!;
    }
}
