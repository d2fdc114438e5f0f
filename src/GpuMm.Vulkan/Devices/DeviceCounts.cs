namespace GpuMm.Vulkan.Devices;

/// <summary>What exists on a device on our behalf: all zero once everything was given back.</summary>
internal sealed class DeviceCounts
{
    public int Memories { get; set; }

    public ulong MemoryBytes { get; set; }

    public int Buffers { get; set; }

    public int Images { get; set; }

    public int Others { get; set; }

    public bool IsZero => Memories == 0 && MemoryBytes == 0 && Buffers == 0 && Images == 0 && Others == 0;

    public override string ToString() => $"{Memories} memories of {MemoryBytes} bytes, {Buffers} buffers, {Images} images, {Others} others";
}
