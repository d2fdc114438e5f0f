using System;
using System.Collections.Generic;
using GpuMm.Objects;
using GpuMm.Vulkan.Mirror;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>The device's memory follows every move, with its bytes.</summary>
public sealed class MirrorTests(ITestOutputHelper output)
{
    [Fact]
    public void ATextureIsAnImageInVideoMemoryAndABufferElsewhere()
    {
        using MirrorRig rig = new();
        BufferObject texture = rig.Create(5, Placement.System);
        rig.FillRandom(texture, 1);
        rig.Place(texture, Placement.Vram);
        MirrorObject mirrored = rig.Driver.Mirror!.Find(texture.Id)!;
        Assert.True(mirrored.Store.IsImage);
        Assert.Equal(MemoryDomain.Vram, mirrored.Store.Domain);
        rig.AssertAgrees();
        rig.Place(texture, Placement.System);
        Assert.False(mirrored.Store.IsImage);
        Assert.Equal(MemoryDomain.System, mirrored.Store.Domain);
        rig.AssertAgrees();
    }

    [Fact]
    public void WhatTheCpuWritesIntoVideoMemoryReachesTheDevice()
    {
        using MirrorRig rig = new();
        BufferObject texture = rig.Create(40, Placement.Vram);
        rig.FillRandom(texture, 2);
        rig.AssertAgrees();

        // Through entries that are still there: no fault tells of it.
        rig.Write(texture, 4096 * 3, [1, 2, 3]);
        rig.Write(texture, 4096 * 39, [4]);
        rig.AssertAgrees();
        rig.Place(texture, Placement.Gtt);
        rig.AssertAgrees();
    }

    [Fact]
    public void WhatNobodyTouchedIsNotComparedWhenItMoves()
    {
        using MirrorRig rig = new(options: new MirrorOptions { BlockBytes = 1 << 20, Check = MirrorCheck.None });
        BufferObject texture = rig.Create(40, Placement.Vram);
        rig.FillRandom(texture, 8);
        rig.Place(texture, Placement.Gtt);
        long compared = rig.Driver.Mirror!.Counters.ComparedBytes;
        Assert.True(compared >= (long)texture.SizeBytes, "What the CPU wrote was looked for.");

        // Each way out of video memory takes pages for the object: those are no writes.
        for (int i = 0; i < 6; i++)
        {
            rig.Place(texture, (i & 1) == 0 ? Placement.Vram : (i & 2) == 0 ? Placement.Gtt : Placement.System);
        }

        Assert.Equal(compared, rig.Driver.Mirror.Counters.ComparedBytes);
        rig.AssertAgrees();
    }

    [Fact]
    public void AnEvictionGivesRealMemoryBack()
    {
        using MirrorRig rig = new(vramPages: 256, aperturePages: 1024, systemPages: 4096);
        BufferObject first = rig.Create(200, Placement.Vram, "first");
        rig.FillRandom(first, 3);
        BufferObject second = rig.Create(200, Placement.System, "second");
        rig.FillRandom(second, 4);
        rig.Place(second, Placement.Vram);
        Assert.Equal(MemoryDomain.Gtt, rig.Driver.Mirror!.Find(first.Id)!.Store.Domain);
        rig.AssertAgrees();
        rig.Driver.Report();
        Assert.Equal(200ul * 4096, rig.Driver.Mirror.Room.Pool(MemoryDomain.Vram).UsedBytes);
        rig.Clock.Advance(1_000_000_000); // The copies end, or the objects would wait for them.
        rig.Release(first);
        rig.Release(second);
        rig.Driver.Report();
        Assert.Equal(0ul, rig.Driver.Mirror.Room.Pool(MemoryDomain.Vram).UsedBytes);
        Assert.Equal(0ul, rig.Driver.Mirror.Room.Pool(MemoryDomain.Gtt).UsedBytes);
    }

    // One barrier ends a copy and begins the next: the image between them is read at once, waits, or is written again.
    [Fact]
    public void CopiesInARowLeaveEveryImageAsTheNextOneFindsIt()
    {
        using MirrorRig rig = new(options: new MirrorOptions { BlockBytes = 1 << 20, Check = MirrorCheck.None });
        BufferObject first = rig.Create(8, Placement.System, "first");
        BufferObject second = rig.Create(8, Placement.System, "second");
        rig.FillRandom(first, 6);
        rig.FillRandom(second, 7);
        foreach (BufferObject each in (BufferObject[])[first, second])
        {
            Assert.Equal(MmStatus.Ok, rig.Place(each, Placement.Gtt)); // What was written is passed on here.
        }

        ulong before = rig.Driver.Mirror!.Stream.SubmittedCount;
        foreach ((BufferObject target, Placement placement) in ((BufferObject, Placement)[])
            [(first, Placement.Vram), (first, Placement.Gtt), (first, Placement.Vram), (second, Placement.Vram), (first, Placement.Gtt), (second, Placement.Gtt), (first, Placement.Vram)])
        {
            Assert.Equal(MmStatus.Ok, rig.Place(target, placement));
        }

        for (int i = 0; i < 3; i++)
        {
            BufferObject cleared = rig.Create(8, Placement.Vram, "cleared");
            rig.Release(cleared);
            rig.Clock.Advance(1_000_000_000); // Its clearing ends; its store is free for the next one.
        }

        Assert.Equal(before, rig.Driver.Mirror.Stream.SubmittedCount); // All of it is one batch.
        rig.AssertAgrees();
    }

    [Fact]
    public void APlantedStalePageIsFound()
    {
        using MirrorRig rig = new();
        BufferObject texture = rig.Create(8, Placement.System);
        rig.FillRandom(texture, 5);
        rig.Place(texture, Placement.Vram);
        MirrorObject mirrored = rig.Driver.Mirror!.Find(texture.Id)!;
        Assert.Null(rig.Driver.Mirror.CheckByShader(mirrored));

        // As if page 6 had not been copied: the device has what it has, the CPU expects something else.
        mirrored.Sums[6] ^= 1;
        string? problem = rig.Driver.Mirror.CheckByShader(mirrored);
        Assert.NotNull(problem);
        Assert.Contains("page 6", problem, StringComparison.Ordinal);
        Assert.Contains("stale", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void AMoveThatLeavesTheBytesBehindStopsTheRun()
    {
        using MirrorRig rig = new();
        BufferObject texture = rig.Create(4, Placement.System);
        rig.FillRandom(texture, 6);
        rig.Place(texture, Placement.Gtt);
        MirrorObject mirrored = rig.Driver.Mirror!.Find(texture.Id)!;
        mirrored.Sums[2] ^= 4; // The copy will not carry what is expected, and nobody touched the object since.
        Assert.False(mirrored.IsTouched);
        MirrorFailedException failure = Assert.Throws<MirrorFailedException>(() => Move(rig, texture));
        Assert.Contains("page 2 of 'texture'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MirrorAndModelAgreeAfterEachOfManyRandomSteps()
    {
        int seed = Environment.GetEnvironmentVariable("GPUMM_SEED") is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 7;
        output.WriteLine($"GPUMM_SEED={seed}");
        bool isDeep = Environment.GetEnvironmentVariable("GPUMM_DEEP") is "1";
        Random random = new(seed);
        using MirrorRig rig = new(vramPages: 96, aperturePages: 96, systemPages: 2048);
        List<BufferObject> live = [];
        Placement[] placements = [Placement.Vram, Placement.Gtt, Placement.System, Placement.VramThenGtt, Placement.GttThenSystem];
        for (int step = 0; step < (isDeep ? 2000 : 120); step++)
        {
            int what = random.Next(10);
            if (live.Count == 0 || (what < 2 && live.Count < 12))
            {
                BufferObjectKind kind = random.Next(4) == 0 ? BufferObjectKind.Kernel : BufferObjectKind.Device;
                live.Add(rig.Create((ulong)random.Next(1, 40), placements[random.Next(placements.Length)], $"object {step}", kind));
            }
            else
            {
                BufferObject target = live[random.Next(live.Count)];
                if (what == 2)
                {
                    live.Remove(target);
                    rig.Release(target);
                }
                else if (what < 6 && target.Kind == BufferObjectKind.Device)
                {
                    byte[] bytes = new byte[random.Next(1, 9000)];
                    random.NextBytes(bytes);
                    ulong offset = (ulong)random.NextInt64(0, Math.Max(1, (long)target.SizeBytes - bytes.Length));
                    rig.Write(target, offset, bytes.AsSpan(0, (int)Math.Min((ulong)bytes.Length, target.SizeBytes - offset)));
                }
                else if (what == 6)
                {
                    target.Reserve();
                    OperationContext context = default;
                    target.Validate(Placement.Empty, ref context);
                    target.Unreserve();
                }
                else
                {
                    rig.Place(target, placements[random.Next(placements.Length)]);
                }
            }

            rig.AssertAgrees();
        }

        MirrorReport report = rig.Driver.Report();
        output.WriteLine($"{report.Moves} moves, {report.Clears} clears, {report.Rebinds} rebinds, {report.Checksums} checksums");
        Assert.True(report.Moves > 20);
    }

    private static void Move(MirrorRig rig, BufferObject texture)
    {
        OperationContext context = default;
        texture.Reserve();
        try
        {
            texture.Validate(Placement.Vram, ref context);
        }
        finally
        {
            texture.Unreserve();
        }
    }
}
