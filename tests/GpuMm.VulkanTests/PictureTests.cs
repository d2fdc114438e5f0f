using System;
using System.IO;
using System.Numerics;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Vulkan.Mirror;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>Pictures drawn with migrated textures: right, missing and stale ones can be told apart.</summary>
public sealed class PictureTests(ITestOutputHelper output)
{
    [Fact]
    public void MigratedTexturesDrawThePictureThatTheCpuExpects()
    {
        using MirrorRig rig = new();
        MirrorPicture picture = Draw(rig, out _);
        Assert.Equal(3, picture.Quads);
        Assert.Equal(1, picture.MissingQuads);
        Assert.Equal(0, picture.StalePixels);

        // Sky at the top, the textures' colours below, the missing one magenta.
        Assert.Equal([153, 204, 255, 255], PixelOf(picture, 5, 5));
        Assert.NotEqual([153, 204, 255, 255], PixelOf(picture, 60, 100));
        Assert.Contains(PixelOf(picture, 280, 100)[0], (byte[])[255, 0]);
        using MemoryStream png = new();
        picture.WritePng(png);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], png.ToArray()[..4]);
        if (Environment.GetEnvironmentVariable("GPUMM_PICTURES") is { } folder)
        {
            File.WriteAllBytes(Path.Combine(folder, "picture-test.png"), png.ToArray());
            output.WriteLine($"written to {folder}");
        }
    }

    [Fact]
    public void AStaleTextureShows()
    {
        using MirrorRig rig = new();
        Draw(rig, out BufferObject inVram);

        // Behind everybody's back: the bytes change, and nobody tells the mirror.
        FrameIndex frame = inVram.FrameAt(2, out _);
        rig.Device.Memory.Write(frame, 0, new byte[4096]);
        MirrorObject mirrored = rig.Driver.Mirror!.Find(inVram.Id)!;
        mirrored.IsMapped = false;
        mirrored.IsTouched = false;
        MirrorPicture picture = rig.Driver.Draw(Quads(), 320, 180)!;
        output.WriteLine($"{picture.StalePixels} stale pixels");
        Assert.True(picture.StalePixels > 100, $"Only {picture.StalePixels} pixels differ.");
    }

    private static MirrorPicture Draw(MirrorRig rig, out BufferObject inVram)
    {
        inVram = rig.Create(9, Placement.System, "in video memory");
        BufferObject inAperture = rig.Create(16, Placement.System, "in the aperture");
        BufferObject inSystem = rig.Create(4, Placement.System, "in system memory");
        rig.FillRandom(inVram, 1);
        rig.FillRandom(inAperture, 2);
        rig.FillRandom(inSystem, 3);
        rig.Place(inVram, Placement.Vram);
        rig.Place(inAperture, Placement.Gtt);
        MirrorPicture? picture = rig.Driver.Draw(Quads(), 320, 180);
        Assert.NotNull(picture);
        return picture;
    }

    private static MirrorQuad[] Quads() =>
    [
        Quad("in video memory", -0.95f, 0x40A040), Quad("in the aperture", -0.3f, 0xC08040), Quad("in system memory", 0.35f, 0x4060C0),
    ];

    private static MirrorQuad Quad(string texture, float left, uint tint) => new(
        texture, At(left, -0.6f), At(left + 0.6f, -0.6f), At(left, 0.8f), At(left + 0.6f, 0.8f), tint, 0);

    private static Vector4 At(float x, float y) => new(x, y, 0.5f, 1);

    private static byte[] PixelOf(MirrorPicture picture, int x, int y) => picture.Rgba.Slice(((y * picture.Width) + x) * 4, 4).ToArray();
}
