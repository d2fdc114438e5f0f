using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Pictures;
using SkiaSharp;
using Xunit;

namespace GpuMm.SimulationTests.RenderLoop;

public sealed class PictureTests
{
    private static readonly MemoryDomain?[] s_domains = [MemoryDomain.Vram, MemoryDomain.Gtt, MemoryDomain.System, null];

    [Theory]
    [InlineData("sponza", 0)]
    [InlineData("sponza", 40)]
    [InlineData("bistro", 0)]
    public void TheTexelsOfAPictureAreTheBytesOfEachDomain(string name, int streamMiB)
    {
        DemoOptions options = DemoOptions.For(SceneDescription.Find(name)!) with
        {
            Frames = 200,
            Backing = BackingKind.PageHeads,
            StreamBudgetBytes = streamMiB == 0 ? null : (ulong)streamMiB << 20,
        };
        Scene scene = SceneLoader.Load(options.Scene, options.Seed);
        ScenePicture picture = new(scene, options);
        using DemoRun run = new(scene, options);
        int domainsSeen = 0;
        while (!run.IsOver)
        {
            run.DrawFrame();
            if (run.Frame % 100 == 0)
            {
                SceneLook look = run.Look();
                picture.Draw(look);
                using SKBitmap bitmap = Decode(picture);
                domainsSeen = Math.Max(domainsSeen, Check(picture, look, bitmap, run.Device, streamMiB == 0));
            }
        }

        Assert.InRange(domainsSeen, 2, 4);
    }

    [Fact]
    public void TheSameLookGivesTheSameBytes()
    {
        DemoOptions options = DemoOptions.For(SceneDescription.Find("sponza")!) with { Frames = 10, Backing = BackingKind.PageHeads };
        Scene scene = SceneLoader.Load(options.Scene, options.Seed);
        using DemoRun run = new(scene, options);
        run.DrawFrame();
        Assert.Equal(Bytes(), Bytes());

        byte[] Bytes()
        {
            ScenePicture picture = new(scene, options);
            picture.Draw(run.Look());
            using MemoryStream stream = new();
            picture.WritePng(stream);
            return stream.ToArray();
        }
    }

    private static int Check(ScenePicture picture, SceneLook look, SKBitmap bitmap, GpuDevice device, bool isWhole)
    {
        Assert.Equal((ScenePicture.Width, ScenePicture.Height), (bitmap.Width, bitmap.Height));
        Dictionary<Rgb, long> counts = Count(bitmap);
        int seen = 0;
        foreach (MemoryDomain? domain in s_domains)
        {
            (Rgb bright, Rgb dark) = ScenePicture.ShadesOf(domain);
            long texels = counts.GetValueOrDefault(bright) + counts.GetValueOrDefault(dark);
            Assert.Equal((long)picture.TexelsIn(look, domain), texels);

            // A texel stands for its bytes; only the last of a texture may stand for fewer.
            ulong bytes = look.BytesIn(domain);
            ulong parts = (ulong)look.Parts.Count(part => part.Domain == domain);
            Assert.InRange((ulong)texels * picture.TexelBytes, bytes, bytes + (parts * (picture.TexelBytes - 1)));
            seen += texels > 0 ? 1 : 0;
        }

        if (isWhole)
        {
            // Nothing else lives in video memory, so what is drawn is what the manager holds there.
            Assert.Equal(device.Manager(MemoryDomain.Vram).UsedBytes, look.BytesIn(MemoryDomain.Vram));
        }

        return seen;
    }

    private static Dictionary<Rgb, long> Count(SKBitmap bitmap)
    {
        (int left, int top, int width, int height) = ScenePicture.TexelArea;
        Dictionary<Rgb, long> counts = [];
        for (int y = top; y < top + height; y++)
        {
            for (int x = left; x < left + width; x++)
            {
                SKColor pixel = bitmap.GetPixel(x, y);
                Rgb color = new(pixel.Red, pixel.Green, pixel.Blue);
                counts[color] = counts.GetValueOrDefault(color) + 1;
            }
        }

        return counts;
    }

    private static SKBitmap Decode(ScenePicture picture)
    {
        using MemoryStream stream = new();
        picture.WritePng(stream);
        return SKBitmap.Decode(stream.ToArray());
    }
}
