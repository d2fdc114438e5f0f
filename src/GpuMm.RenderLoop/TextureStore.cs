using System;
using System.Collections.Generic;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.RenderLoop.Frames;
using GpuMm.RenderLoop.Streaming;

namespace GpuMm.RenderLoop;

/// <summary>
/// The textures of a client as the program sees them: created, mapped once, written and read through that mapping wherever
/// they live. Beside each stands the version that every page must hold.
/// </summary>
/// <remarks>
/// What is unloaded goes into a pool by size, with its contents declared worthless, and serves the next texture of that
/// size once the GPU is done with it: so a client that streams allocates nothing in the long run.
/// </remarks>
internal sealed class TextureStore
{
    // 16 pages: one fault's worth.
    private const int ChunkPages = 16;

    private readonly GpuDevice _device;
    private readonly AccountingDriver _driver;
    private readonly AddressSpace _space;
    private readonly IReadOnlyList<SceneTexture> _textures;
    private readonly NameTable _names;
    private readonly StagingRing? _staging;
    private readonly BufferObject?[] _objects;
    private readonly VmArea?[] _areas;
    private readonly uint[]?[] _versions;
    private readonly Dictionary<ulong, Queue<(BufferObject Target, VmArea Area)>> _pool = [];
    private readonly byte[] _chunk = new byte[ChunkPages * (int)Pages.SizeBytes];
    private readonly int _storedBytesPerPage;

    public TextureStore(
        GpuDevice device, AccountingDriver driver, IReadOnlyList<SceneTexture> textures, NameTable names, StagingRing? staging, AddressSpace space)
    {
        _device = device;
        _driver = driver;
        _space = space;
        _textures = textures;
        _names = names;
        _staging = staging;
        _objects = new BufferObject?[textures.Count];
        _areas = new VmArea?[textures.Count];
        _versions = new uint[textures.Count][];
        _storedBytesPerPage = device.Memory[(int)MemoryDomain.System].StoredBytesPerPage;
    }

    /// <summary>Textures that are loaded now.</summary>
    public int LoadedCount { get; private set; }

    /// <summary>Bytes of those.</summary>
    public ulong LoadedBytes { get; private set; }

    /// <summary>Bytes that the CPU wrote through mappings.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>Bytes of loads, first and later ones.</summary>
    public long StreamedBytes { get; private set; }

    public int Count => _textures.Count;

    public SceneTexture this[int texture] => _textures[texture];

    public BufferObject? ObjectOf(int texture) => _objects[texture];

    /// <summary>Where a texture lives; null while it is not loaded.</summary>
    public MemoryDomain? DomainOf(int texture)
    {
        if (_objects[texture] is not { } target)
        {
            return null;
        }

        target.Reserve();
        MemoryDomain? domain = target.Resource?.Domain;
        target.Reservation.Unlock();
        return domain;
    }

    public int PageCount(int texture) => (int)Pages.Count(_textures[texture].SizeBytes);

    /// <summary>Creates a texture and brings its contents in.</summary>
    public void Load(int texture)
    {
        ulong sizeBytes = _textures[texture].SizeBytes;
        if (!TryTakePooled(texture, sizeBytes))
        {
            Create(texture, sizeBytes);
        }

        _names.Set(_objects[texture]!.Id, _textures[texture].Name);
        if (_versions[texture] is { } versions)
        {
            // Not what it held before: a stale page would show.
            NextVersion(versions);
        }
        else
        {
            _versions[texture] = new uint[PageCount(texture)];
        }

        LoadedCount++;
        LoadedBytes += sizeBytes;
        StreamedBytes += (long)sizeBytes;
        _driver.CurrentObject = _objects[texture]!.Id;
        if (_staging is null)
        {
            WritePages(texture, 0, PageCount(texture));
        }
        else
        {
            StagePages(texture, _staging);
        }

        _driver.CurrentObject = 0;
    }

    /// <summary>Gives a texture up; its object waits for another texture of the same size.</summary>
    public void Unload(int texture)
    {
        BufferObject target = _objects[texture]!;
        target.Reserve();
        target.Advise(MemoryAdvice.DontNeed);
        target.Reservation.Unlock();
        ulong sizeBytes = _textures[texture].SizeBytes;
        if (!_pool.TryGetValue(sizeBytes, out Queue<(BufferObject Target, VmArea Area)>? pooled))
        {
            pooled = new Queue<(BufferObject, VmArea)>();
            _pool.Add(sizeBytes, pooled);
        }

        pooled.Enqueue((target, _areas[texture]!));
        _objects[texture] = null;
        _areas[texture] = null;
        LoadedCount--;
        LoadedBytes -= sizeBytes;
    }

    /// <summary>Frees a texture for good.</summary>
    public void Destroy(int texture)
    {
        _space.Unmap(_areas[texture]!);
        _objects[texture]!.Release();
        _objects[texture] = null;
        _areas[texture] = null;
        LoadedCount--;
        LoadedBytes -= _textures[texture].SizeBytes;
    }

    /// <summary>Rewrites some pages of a loaded texture with their next version.</summary>
    public void Update(int texture, int firstPage, int pageCount)
    {
        NextVersion(_versions[texture].AsSpan(firstPage, pageCount));
        _driver.CurrentObject = _objects[texture]!.Id;
        WaitUploads(texture);
        WritePages(texture, firstPage, pageCount);
        _driver.CurrentObject = 0;
    }

    /// <summary>Reads some pages of a loaded texture, compares them with what they must be, and mixes them into a checksum.</summary>
    /// <exception cref="DemoFailedException">A byte differs.</exception>
    public void Verify(int texture, int firstPage, int pageCount, ref ulong checksum)
    {
        _driver.CurrentObject = _objects[texture]!.Id;
        WaitUploads(texture);
        while (pageCount > 0)
        {
            int count = Math.Min(pageCount, ChunkPages);
            Span<byte> chunk = _chunk.AsSpan(0, count * (int)Pages.SizeBytes);
            Check(_space.Read(Address(texture, firstPage), chunk), texture, "reading it");
            for (int i = 0; i < count; i++)
            {
                Span<byte> page = chunk.Slice(i * (int)Pages.SizeBytes, _storedBytesPerPage);
                if (!ContentPattern.Matches(page, HeadOf(texture, firstPage + i)))
                {
                    throw new DemoFailedException($"Page {firstPage + i} of {_textures[texture].Name} holds wrong bytes.");
                }

                checksum = ContentPattern.Checksum(checksum, page);
            }

            firstPage += count;
            pageCount -= count;
        }

        _driver.CurrentObject = 0;
    }

    private static void NextVersion(Span<uint> versions)
    {
        foreach (ref uint version in versions)
        {
            version++;
        }
    }

    private bool TryTakePooled(int texture, ulong sizeBytes)
    {
        if (!_pool.TryGetValue(sizeBytes, out Queue<(BufferObject Target, VmArea Area)>? pooled) || pooled.Count == 0)
        {
            return false;
        }

        (BufferObject target, VmArea area) = pooled.Peek();
        target.Reserve();
        bool isIdle = !target.Reservation.TryGetUnsignaled(FenceUsage.Bookkeep, out _);
        MmStatus status = MmStatus.Ok;
        if (isIdle)
        {
            target.Advise(MemoryAdvice.WillNeed);
            if (target.Resource is null)
            {
                OperationContext context = default;
                status = target.Validate(NewPlacement, ref context);
            }
        }

        target.Reservation.Unlock();
        if (!isIdle)
        {
            return false;
        }

        Check(status, texture, "placing it");
        pooled.Dequeue();
        _objects[texture] = target;
        _areas[texture] = area;
        return true;
    }

    private Placement NewPlacement => _staging is null ? Placement.System : Placement.VramThenGtt;

    private void Create(int texture, ulong sizeBytes)
    {
        OperationContext context = default;
        Check(
            _device.TryCreate(new BufferObjectDescription(sizeBytes, _textures[texture].Name), NewPlacement, ref context, out BufferObject? made),
            texture,
            "creating it");
        _objects[texture] = made;
        _areas[texture] = made!.Map(_space);
    }

    private void WritePages(int texture, int firstPage, int pageCount)
    {
        WrittenBytes += (long)pageCount * (long)Pages.SizeBytes;
        while (pageCount > 0)
        {
            int count = Math.Min(pageCount, ChunkPages);
            FillChunk(texture, firstPage, count);
            Check(_space.Write(Address(texture, firstPage), Chunk(count)), texture, "writing it");
            firstPage += count;
            pageCount -= count;
        }
    }

    private void StagePages(int texture, StagingRing staging)
    {
        int partPages = (int)Pages.Count(staging.PartBytes);
        for (int page = 0; page < PageCount(texture); page += partPages)
        {
            int end = Math.Min(page + partPages, PageCount(texture));
            ulong address = staging.BeginPart();
            for (int at = page; at < end; at += ChunkPages)
            {
                int count = Math.Min(end - at, ChunkPages);
                FillChunk(texture, at, count);
                Check(staging.Write(address + Pages.Bytes((ulong)(at - page)), Chunk(count)), texture, "staging it");
                WrittenBytes += count * (long)Pages.SizeBytes;
            }

            staging.Upload(_objects[texture]!, (ulong)page, (ulong)(end - page));
        }
    }

    // A copy that the program itself queued: the fault handler waits for the manager's own work only.
    private void WaitUploads(int texture)
    {
        if (_staging is null)
        {
            return;
        }

        Reservation reservation = _objects[texture]!.Reservation;
        bool isBusy = true;
        while (isBusy)
        {
            reservation.Lock();
            isBusy = reservation.TryGetUnsignaled(FenceUsage.Write, out Fence fence);
            reservation.Unlock();
            if (isBusy)
            {
                _driver.WaitFence(fence);
            }
        }
    }

    private Span<byte> Chunk(int pageCount) => _chunk.AsSpan(0, pageCount * (int)Pages.SizeBytes);

    private void FillChunk(int texture, int firstPage, int pageCount)
    {
        for (int i = 0; i < pageCount; i++)
        {
            ContentPattern.Fill(_chunk.AsSpan(i * (int)Pages.SizeBytes, _storedBytesPerPage), HeadOf(texture, firstPage + i));
        }
    }

    private ulong HeadOf(int texture, int page) => ContentPattern.Head(texture, (ulong)page, _versions[texture]![page]);

    private ulong Address(int texture, int page) => _areas[texture]!.StartAddress + Pages.Bytes((ulong)page);

    private void Check(MmStatus status, int texture, string doing)
    {
        if (status != MmStatus.Ok)
        {
            throw new DemoFailedException($"{_textures[texture].Name}: {doing} answered {status}.");
        }
    }
}
