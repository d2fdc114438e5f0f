using GpuMm.Objects;
using GpuMm.Vulkan.Memory;

namespace GpuMm.Vulkan.Mirror;

/// <summary>The device's side of a buffer object.</summary>
internal sealed class MirrorObject(ulong id, ulong sizeBytes, string name, bool isTexture)
{
    /// <summary>Its number on the manager's device.</summary>
    public ulong Id { get; } = id;

    /// <summary>Its name, for messages.</summary>
    public string Name { get; } = name;

    /// <summary>The object itself; null until a move or a fault named it: until then it holds zeroes.</summary>
    public BufferObject? Target { get; set; }

    /// <summary>True when it is an image while it is in video memory.</summary>
    public bool IsTexture { get; } = isTexture;

    /// <summary>Where its bytes are on the device; does not exist while it has none.</summary>
    public Store Store { get; set; }

    /// <summary>The point of the copy timeline behind the last copy from or to the store.</summary>
    public ulong LastUse { get; set; }

    /// <summary>The CPU's checksum of each page as the device was last given it.</summary>
    public ulong[] Sums { get; } = new ulong[sizeBytes >> 12];

    /// <summary>False while the store holds nothing that <see cref="Sums"/> would tell.</summary>
    public bool IsFilled { get; set; }

    /// <summary>True when the CPU may have changed the bytes since they were last compared.</summary>
    public bool IsTouched { get; set; } = true;

    /// <summary>True while the CPU has mappings to it: what it does through them nobody is told.</summary>
    public bool IsMapped { get; set; }
}
