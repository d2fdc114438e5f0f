using System.Runtime.InteropServices;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>The fences of one object that has some that are not done.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct CompactFenceRow
{
    /// <summary>In the order of the device's slots; <see cref="Count"/> of them.</summary>
    public CompactFenceWords Words;

    /// <summary>Whose they are.</summary>
    public int Number;

    /// <summary>How many.</summary>
    public byte Count;

    /// <summary>For how many the device has room; decides when it forgets those that are done.</summary>
    public byte Room;

    /// <summary>Whether it is anybody's.</summary>
    public bool IsTaken;
}
