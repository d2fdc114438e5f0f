using System;
using System.Collections.Generic;
using GpuMm.Simulation;

namespace GpuMm.RenderLoop.Streaming;

/// <summary>
/// Keeps of each texture the mip levels that can be seen, within a budget: what engines call texture streaming.
/// </summary>
/// <remarks>
/// Level k is wanted from 2 * 2^k metres inwards. The tails (256 texels and less) come first and stay; then, nearest
/// texture first, each wanted level from coarse to fine, while the budget lasts. Levels that are not wanted stay until the
/// budget needs their room; then those that were wanted longest ago go first. A list with one level per texture gets the
/// full chain, as engines make it when they import one.
/// </remarks>
internal sealed class MipStreamer
{
    // Levels of at most this many texels across are one part.
    private const int TailTexels = 256;

    private readonly List<StreamPart> _parts = [];
    private readonly int[] _firstPart; // By texture; one more entry behind the last.
    private readonly long[] _wantedFrame; // By part: the last frame that wanted it.
    private readonly ulong _budgetBytes;

    public MipStreamer(Scene scene, ulong budgetBytes)
    {
        _budgetBytes = budgetBytes;
        _firstPart = new int[scene.Textures.Count + 1];
        List<SceneTexture> textures = [];
        for (int i = 0; i < scene.Textures.Count; i++)
        {
            _firstPart[i] = _parts.Count;
            AddParts(scene.Textures[i], i, textures);
        }

        _firstPart[^1] = _parts.Count;
        _wantedFrame = new long[_parts.Count];
        Array.Fill(_wantedFrame, -1);
        Textures = textures;
    }

    /// <summary>Each part as a texture of its own.</summary>
    public IReadOnlyList<SceneTexture> Textures { get; }

    /// <summary>Levels that were wanted but had no room in the budget, summed over frames.</summary>
    public long RefusedLevels { get; private set; }

    /// <summary>Levels given up for others.</summary>
    public long DroppedLevels { get; private set; }

    /// <summary>The finest part of a texture that is loaded; -1 when none is.</summary>
    public int FinestLoaded(int texture, TextureStore store)
    {
        for (int part = _firstPart[texture]; part < _firstPart[texture + 1]; part++)
        {
            if (store.ObjectOf(part) is not null)
            {
                return part;
            }
        }

        return -1;
    }

    /// <summary>Decides what is wanted, gives up what has no room, and loads up to a limit.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="visible">Textures in sight, nearest first.</param>
    /// <param name="squaredMetres">Their squared distances.</param>
    /// <param name="loadBytes">Most bytes to load now.</param>
    /// <param name="store">The textures.</param>
    public void Stream(long frame, ReadOnlySpan<int> visible, ReadOnlySpan<double> squaredMetres, ulong loadBytes, TextureStore store)
    {
        ulong wantedBytes = 0;
        ulong loaded = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            bool tails = pass == 0;
            for (int i = 0; i < visible.Length; i++)
            {
                int texture = visible[i];

                // Parts lie fine to coarse; a finer level is of no use without the coarser ones.
                for (int part = _firstPart[texture + 1] - 1; part >= _firstPart[texture]; part--)
                {
                    if (_parts[part].IsTail != tails || !IsWanted(part, squaredMetres[i]))
                    {
                        continue;
                    }

                    if (wantedBytes + _parts[part].SizeBytes > _budgetBytes)
                    {
                        RefusedLevels++;
                        break;
                    }

                    wantedBytes += _parts[part].SizeBytes;
                    _wantedFrame[part] = frame;
                    if (store.ObjectOf(part) is null)
                    {
                        if (loaded >= loadBytes)
                        {
                            break;
                        }

                        MakeRoom(frame, _parts[part].SizeBytes, store);
                        store.Load(part);
                        loaded += _parts[part].SizeBytes;
                    }
                }
            }
        }
    }

    /// <summary>Lists what the GPU reads: of each texture in sight every loaded part, and bytes from the finest.</summary>
    public int CollectUses(ReadOnlySpan<int> visible, ReadOnlySpan<double> squaredMetres, TextureStore store, Span<TextureUse> uses)
    {
        int count = 0;
        for (int i = 0; i < visible.Length; i++)
        {
            bool isFinest = true;
            for (int part = _firstPart[visible[i]]; part < _firstPart[visible[i] + 1]; part++)
            {
                if (store.ObjectOf(part) is { } loaded)
                {
                    ulong share = (ulong)(loaded.SizeBytes * Math.Min(1, 4 * (1ul << (2 * Math.Min(_parts[part].FirstLevel, 16))) / squaredMetres[i]));
                    uses[count++] = new TextureUse(loaded, isFinest ? share : 0);
                    isFinest = false;
                }
            }
        }

        return count;
    }

    private bool IsWanted(int part, double squaredMetres)
    {
        // 2 * 2^level metres, squared.
        return _parts[part].IsTail || squaredMetres <= 4.0 * (1ul << (2 * _parts[part].FirstLevel));
    }

    private void MakeRoom(long frame, ulong sizeBytes, TextureStore store)
    {
        while (store.LoadedBytes + sizeBytes > _budgetBytes)
        {
            int oldest = -1;
            for (int part = 0; part < _parts.Count; part++)
            {
                if (_wantedFrame[part] != frame && store.ObjectOf(part) is not null && (oldest < 0 || _wantedFrame[part] < _wantedFrame[oldest]))
                {
                    oldest = part;
                }
            }

            if (oldest < 0)
            {
                return; // Everything loaded is wanted in this frame, and that fits the budget.
            }

            store.Unload(oldest);
            DroppedLevels++;
        }
    }

    private void AddParts(SceneTexture texture, int index, List<SceneTexture> textures)
    {
        int level = 0;
        while (Math.Max(texture.Width, texture.Height) >> level > TailTexels)
        {
            Add(level, 1, isTail: false);
            level++;
        }

        Add(level, texture.FullLevelCount - level, isTail: true);

        void Add(int first, int count, bool isTail)
        {
            ulong sizeBytes = texture.LevelBytes(first, count);
            _parts.Add(new StreamPart(index, first, isTail, sizeBytes));
            textures.Add(texture with
            {
                Name = isTail ? $"{texture.Name} mips {first}+" : $"{texture.Name} mip {first}",
                SizeBytes = sizeBytes,
            });
        }
    }
}
