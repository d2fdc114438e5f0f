using System;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.RenderLoop;

/// <summary>
/// The textures of a run as the program sees them: created, mapped once, written and read through that mapping wherever
/// they live. Beside each stands the version that every page must hold.
/// </summary>
internal sealed class TextureStore
{
    // 16 pages: one fault's worth.
    private const int ChunkPages = 16;

    private readonly GpuDevice _device;
    private readonly AddressSpace _space;
    private readonly Scene _scene;
    private readonly BufferObject?[] _objects;
    private readonly VmArea?[] _areas;
    private readonly uint[][] _versions;
    private readonly byte[] _chunk = new byte[ChunkPages * (int)Pages.SizeBytes];
    private readonly int _storedBytesPerPage;

    public TextureStore(GpuDevice device, AddressSpace space, Scene scene)
    {
        _device = device;
        _space = space;
        _scene = scene;
        _objects = new BufferObject?[scene.Textures.Count];
        _areas = new VmArea?[scene.Textures.Count];
        _versions = new uint[scene.Textures.Count][];
        _storedBytesPerPage = device.Memory[(int)MemoryDomain.System].StoredBytesPerPage;
    }

    /// <summary>Textures that were loaded.</summary>
    public int LoadedCount { get; private set; }

    /// <summary>Bytes of those.</summary>
    public ulong LoadedBytes { get; private set; }

    /// <summary>Bytes that the CPU wrote through mappings.</summary>
    public long WrittenBytes { get; private set; }

    public BufferObject? ObjectOf(int texture) => _objects[texture];

    public int PageCount(int texture) => (int)Pages.Count(_scene.Textures[texture].SizeBytes);

    /// <summary>Creates a texture in system RAM, maps it and writes its contents through the mapping.</summary>
    public void Load(int texture)
    {
        SceneTexture description = _scene.Textures[texture];
        OperationContext context = default;
        Check(
            _device.TryCreate(
                new BufferObjectDescription(description.SizeBytes, description.Name), Placement.System, ref context, out BufferObject? made),
            texture,
            "creating it");
        _objects[texture] = made;
        _areas[texture] = made!.Map(_space);
        _versions[texture] = new uint[PageCount(texture)];
        LoadedCount++;
        LoadedBytes += description.SizeBytes;
        WritePages(texture, 0, PageCount(texture));
    }

    /// <summary>Rewrites some pages of a loaded texture with their next version.</summary>
    public void Update(int texture, int firstPage, int pageCount)
    {
        foreach (ref uint version in _versions[texture].AsSpan(firstPage, pageCount))
        {
            version++;
        }

        WritePages(texture, firstPage, pageCount);
    }

    /// <summary>Reads some pages of a loaded texture, compares them with what they must be, and mixes them into a checksum.</summary>
    /// <exception cref="DemoFailedException">A byte differs.</exception>
    public void Verify(int texture, int firstPage, int pageCount, ref ulong checksum)
    {
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
                    throw new DemoFailedException($"Page {firstPage + i} of {_scene.Textures[texture].Name} holds wrong bytes.");
                }

                checksum = ContentPattern.Checksum(checksum, page);
            }

            firstPage += count;
            pageCount -= count;
        }
    }

    private void WritePages(int texture, int firstPage, int pageCount)
    {
        WrittenBytes += (long)pageCount * (long)Pages.SizeBytes;
        while (pageCount > 0)
        {
            int count = Math.Min(pageCount, ChunkPages);
            Span<byte> chunk = _chunk.AsSpan(0, count * (int)Pages.SizeBytes);
            for (int i = 0; i < count; i++)
            {
                ContentPattern.Fill(chunk.Slice(i * (int)Pages.SizeBytes, _storedBytesPerPage), HeadOf(texture, firstPage + i));
            }

            Check(_space.Write(Address(texture, firstPage), chunk), texture, "writing it");
            firstPage += count;
            pageCount -= count;
        }
    }

    private ulong HeadOf(int texture, int page) => ContentPattern.Head(texture, (ulong)page, _versions[texture][page]);

    private ulong Address(int texture, int page) => _areas[texture]!.StartAddress + Pages.Bytes((ulong)page);

    private void Check(MmStatus status, int texture, string doing)
    {
        if (status != MmStatus.Ok)
        {
            throw new DemoFailedException($"{_scene.Textures[texture].Name}: {doing} answered {status}.");
        }
    }
}
