using System;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.RenderLoop.Streaming;
using GpuMm.Simulation;

namespace GpuMm.RenderLoop;

/// <summary>One program that draws: a scene, its textures, and what it does with them from frame to frame.</summary>
/// <remarks>One thread. In the steady state a frame allocates no managed memory.</remarks>
internal sealed class GameClient
{
    // The CPU changes this many pages of one texture per frame (an animated texture, a light map) and looks at one page.
    private const int UpdatePages = 16;

    private readonly Scene _scene;
    private readonly MipStreamer? _streamer;
    private readonly Prng _prng;
    private readonly double[] _squaredMetres;
    private readonly double[] _keys;
    private readonly int[] _visible;
    private readonly TextureUse[] _uses;
    private int _visibleCount;
    private int _useCount;
    private long _frame;
    private ulong _readBackChecksum;

    public GameClient(int id, string name, Scene scene, TextureStore store, MipStreamer? streamer, ulong seed)
    {
        Id = id;
        Name = name;
        _scene = scene;
        _streamer = streamer;
        Store = store;
        _prng = new Prng(seed);
        _squaredMetres = new double[scene.MaterialCount];
        _keys = new double[scene.Textures.Count];
        _visible = new int[scene.Textures.Count];
        _uses = new TextureUse[store.Count];
    }

    /// <summary>0 is the game that the run is about.</summary>
    public int Id { get; }

    public string Name { get; }

    public Scene Scene => _scene;

    public TextureStore Store { get; }

    /// <summary>What the next job reads.</summary>
    public ReadOnlySpan<TextureUse> Uses => _uses.AsSpan(0, _useCount);

    /// <summary>The view of the last frame.</summary>
    public Camera Camera { get; private set; }

    /// <summary>Materials that exist just now: those for which material % <see cref="LevelCount"/> is <see cref="Level"/>.</summary>
    public int Level { get; set; }

    /// <summary>Number of levels that the materials are divided among; 1 for a scene without levels.</summary>
    public int LevelCount { get; set; } = 1;

    /// <summary>Textures in sight.</summary>
    public ReadOnlySpan<int> Visible => _visible.AsSpan(0, _visibleCount);

    /// <summary>Does what the program does before it submits: looks, loads, touches, and lists what the GPU reads.</summary>
    /// <param name="camera">The view.</param>
    /// <param name="loadBytes">Most bytes of textures to load.</param>
    public void Prepare(Camera camera, ulong loadBytes)
    {
        Camera = camera;
        _scene.Look(camera, _squaredMetres);
        FindVisible();
        if (_streamer is null)
        {
            LoadNearest(loadBytes);
        }
        else
        {
            _streamer.Stream(_frame, Visible, _keys, loadBytes, Store);
        }

        TouchSome();
        CollectUses();
        _frame++;
    }

    /// <summary>Lists given textures, all of each, and loads those that are not.</summary>
    public void PrepareRange(int first, int count)
    {
        _useCount = 0;
        for (int i = 0; i < count; i++)
        {
            int texture = (first + i) % Store.Count;
            if (Store.ObjectOf(texture) is null)
            {
                Store.Load(texture);
            }

            BufferObject loaded = Store.ObjectOf(texture)!;
            _uses[_useCount++] = new TextureUse(loaded, loaded.SizeBytes);
        }

        _frame++;
    }

    /// <summary>Loads textures of the present level that are not loaded, in order, and lists them.</summary>
    /// <param name="loadBytes">Most bytes to load.</param>
    /// <returns>False when there is nothing left to load.</returns>
    public bool LoadMore(ulong loadBytes)
    {
        _useCount = 0;
        ulong loaded = 0;
        for (int i = 0; i < Store.Count && loaded < loadBytes; i++)
        {
            if (Store.ObjectOf(i) is null && Store[i].MaterialIndex % LevelCount == Level)
            {
                Store.Load(i);
                loaded += Store[i].SizeBytes;
                _uses[_useCount++] = new TextureUse(Store.ObjectOf(i)!, 0);
            }
        }

        return _useCount > 0;
    }

    /// <summary>Frees the textures of the levels other than the present one.</summary>
    public void DropOtherLevels()
    {
        for (int i = 0; i < Store.Count; i++)
        {
            if (Store.ObjectOf(i) is not null && Store[i].MaterialIndex % LevelCount != Level)
            {
                Store.Destroy(i);
            }
        }
    }

    /// <summary>Frees everything.</summary>
    public void DropAll()
    {
        for (int i = 0; i < Store.Count; i++)
        {
            if (Store.ObjectOf(i) is not null)
            {
                Store.Destroy(i);
            }
        }
    }

    /// <summary>Reads every loaded texture back and compares it.</summary>
    public ulong VerifyAll(ulong checksum)
    {
        for (int i = 0; i < Store.Count; i++)
        {
            if (Store.ObjectOf(i) is not null)
            {
                Store.Verify(i, 0, Store.PageCount(i), ref checksum);
            }
        }

        return checksum;
    }

    private void FindVisible()
    {
        int count = 0;
        for (int i = 0; i < _scene.Textures.Count; i++)
        {
            int material = _scene.Textures[i].MaterialIndex;
            double squared = _squaredMetres[material];
            if (!double.IsPositiveInfinity(squared) && (LevelCount == 1 || material % LevelCount == Level))
            {
                _keys[count] = squared;
                _visible[count++] = i;
            }
        }

        _keys.AsSpan(0, count).Sort(_visible.AsSpan(0, count));
        _visibleCount = count;
    }

    private void LoadNearest(ulong loadBytes)
    {
        ulong loadedBytes = 0;
        for (int i = 0; i < _visibleCount && loadedBytes < loadBytes; i++)
        {
            int texture = _visible[i];
            if (Store.ObjectOf(texture) is null)
            {
                Store.Load(texture);
                loadedBytes += _scene.Textures[texture].SizeBytes;
            }
        }
    }

    private void TouchSome()
    {
        if (_visibleCount == 0)
        {
            return;
        }

        int changed = Loaded(_visible[_prng.Below((uint)_visibleCount)]);
        int seen = Loaded(_visible[_prng.Below((uint)_visibleCount)]);
        if (changed >= 0)
        {
            int pages = Store.PageCount(changed);
            int first = (int)_prng.Below((uint)pages);
            Store.Update(changed, first, Math.Min(UpdatePages, pages - first));
        }

        if (seen >= 0)
        {
            Store.Verify(seen, (int)_prng.Below((uint)Store.PageCount(seen)), 1, ref _readBackChecksum);
        }
    }

    private int Loaded(int texture) =>
        _streamer is not null ? _streamer.FinestLoaded(texture, Store) : Store.ObjectOf(texture) is null ? -1 : texture;

    private void CollectUses()
    {
        if (_streamer is not null)
        {
            _useCount = _streamer.CollectUses(Visible, _keys, Store, _uses);
            return;
        }

        _useCount = 0;
        for (int i = 0; i < _visibleCount; i++)
        {
            if (Store.ObjectOf(_visible[i]) is { } loaded)
            {
                // Twice as far away it covers a quarter of the picture; within 2 m all of it is read.
                double share = Math.Min(1, 4 / _keys[i]);
                _uses[_useCount++] = new TextureUse(loaded, (ulong)(loaded.SizeBytes * share));
            }
        }
    }
}
