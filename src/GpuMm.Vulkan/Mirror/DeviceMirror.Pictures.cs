using System;
using System.Collections.Generic;
using GpuMm.Vulkan.Memory;
using GpuMm.Vulkan.Passes;

namespace GpuMm.Vulkan.Mirror;

/// <content>Pictures: proof that a person can see.</content>
internal sealed partial class DeviceMirror
{
    /// <summary>
    /// Draws quads with the textures where they lie, and again with the CPU's bytes uploaded afresh: pixels that differ
    /// come from a stale texture.
    /// </summary>
    /// <remarks>Waits for the device. Takes each texture's reservation; one that is taken keeps what the device has.</remarks>
    public MirrorPicture Draw(IReadOnlyList<MirrorQuad> quads, int width, int height)
    {
        Dictionary<string, MirrorObject> byName = new(StringComparer.Ordinal);
        foreach (MirrorObject mirrored in _objects.Values)
        {
            byName.TryAdd(mirrored.Name, mirrored);
        }

        List<SceneQuad> drawn = [];
        List<SceneQuad> expected = [];
        Dictionary<ulong, Store> references = [];
        int missing = 0;
        byte[] rgba = new byte[width * height * 4];
        byte[] wanted = new byte[rgba.Length];
        using ScenePass pass = new(Device, Room, (uint)width, (uint)height);
        try
        {
            foreach (MirrorQuad quad in quads)
            {
                // The GPU reaches video memory and the aperture, not system RAM.
                MirrorObject? mirrored = byName.GetValueOrDefault(quad.Texture);
                bool isReached = mirrored is { Store: { Exists: true, Domain: not MemoryDomain.System }, Target: not null };
                missing += isReached ? 0 : 1;
                drawn.Add(new SceneQuad(Constants(quad, mirrored), isReached ? Ready(mirrored!) : default));
                expected.Add(drawn[^1] with { Texture = isReached ? Reference(mirrored!, references) : default });
            }

            pass.Draw(drawn, rgba);
            pass.Draw(expected, wanted);
        }
        finally
        {
            foreach (Store reference in references.Values)
            {
                Room.Destroy(reference);
            }
        }

        int stale = MarkDifferences(rgba, wanted);
        return new MirrorPicture
        {
            Width = width,
            Height = height,
            Rgba = rgba,
            Quads = quads.Count,
            MissingQuads = missing,
            StalePixels = stale,
        };
    }

    private static QuadConstants Constants(MirrorQuad quad, MirrorObject? mirrored)
    {
        uint pages = (uint)(mirrored?.Sums.Length ?? 1);
        return new QuadConstants
        {
            TopLeft = quad.TopLeft,
            TopRight = quad.TopRight,
            BottomLeft = quad.BottomLeft,
            BottomRight = quad.BottomRight,
            PageCount = pages,
            Columns = (uint)Math.Ceiling(Math.Sqrt(pages)),
            Tint = quad.Tint,
            Fog = quad.Fog,
        };
    }

    private static int MarkDifferences(Span<byte> rgba, ReadOnlySpan<byte> wanted)
    {
        int count = 0;
        for (int i = 0; i < rgba.Length; i += 4)
        {
            if (!rgba.Slice(i, 4).SequenceEqual(wanted.Slice(i, 4)))
            {
                bool isOdd = (count++ & 1) == 1;
                rgba[i] = 255;
                rgba[i + 1] = isOdd ? (byte)255 : (byte)0;
                rgba[i + 2] = isOdd ? (byte)255 : (byte)0;
            }
        }

        return count;
    }

    private Store Ready(MirrorObject mirrored)
    {
        if (mirrored.Target!.Reservation.TryLock())
        {
            PassOn(mirrored);
            mirrored.Target.Reservation.Unlock();
        }

        Stream.Wait(mirrored.LastUse);
        return mirrored.Store;
    }

    // The CPU's bytes as they are now, in fresh memory that no copy of ours ever wrote.
    private unsafe Store Reference(MirrorObject mirrored, Dictionary<ulong, Store> references)
    {
        if (!references.TryGetValue(mirrored.Id, out Store reference))
        {
            reference = MakeStore(MemoryDomain.System, mirrored.Store.PageCount, asImage: false);
            references.Add(mirrored.Id, reference);

            // Invariant: the store is mapped and holds as many pages as the object.
            ReadCpu(mirrored.Target, 0, new Span<byte>(reference.Address, (int)reference.SizeBytes));
        }

        return reference;
    }
}
