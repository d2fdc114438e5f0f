using System.Runtime.InteropServices;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>The fences of one object that has moves that are not done.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct CompactFenceRow
{
    /// <summary>In the order of the device's slots; 0 behind the last.</summary>
    public CompactFenceWords Words;

    /// <summary>Whose they are.</summary>
    public int Number;
}
