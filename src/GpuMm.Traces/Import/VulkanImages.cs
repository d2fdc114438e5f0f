using System;
using GpuMm.Primitives;

namespace GpuMm.Traces.Import;

/// <summary>How many bytes an image of Vulkan takes, where a recording gives only its shape.</summary>
/// <remarks>An estimate: rows and levels are packed, as drivers at least need. Source: the format table of the Vulkan specification.</remarks>
internal static class VulkanImages
{
    private const ulong MaxBytes = 1ul << 46;

    /// <summary>Bytes of all levels and layers, whole pages; a shape beyond reason is cut to 64 TiB.</summary>
    public static ulong Bytes(ulong format, ulong width, ulong height, ulong depth, ulong levels, ulong layers, ulong samples)
    {
        (uint blockBytes, uint blockSide) = BlockOf(format);
        UInt128 total = 0;
        levels = Math.Clamp(levels, 1, 32);
        width = Math.Min(width, uint.MaxValue);
        height = Math.Min(height, uint.MaxValue);
        for (int level = 0; level < (int)levels; level++)
        {
            UInt128 across = (Math.Max(1, width >> level) + blockSide - 1ul) / blockSide;
            UInt128 down = (Math.Max(1, height >> level) + blockSide - 1ul) / blockSide;
            total += across * down * Math.Max(1, Math.Min(depth, 1 << 20) >> level) * blockBytes;
        }

        total = total > MaxBytes ? MaxBytes : total;
        total *= Math.Clamp(layers, 1, 1 << 16) * Math.Clamp(samples, 1, 64);
        return Pages.Bytes(Pages.Count((ulong)(total > MaxBytes ? MaxBytes : total)));
    }

    // Bytes of a texel, or of a block of side * side texels.
    private static (uint Bytes, uint Side) BlockOf(ulong format) => format switch
    {
        >= 1 and <= 1 or >= 9 and <= 15 or 127 => (1, 1),
        >= 2 and <= 8 or >= 16 and <= 22 or >= 70 and <= 76 or 124 => (2, 1),
        >= 23 and <= 36 => (3, 1),
        >= 37 and <= 69 or >= 77 and <= 83 or >= 98 and <= 100 or >= 122 and <= 123 or 125 or 126 or 129 => (4, 1),
        >= 84 and <= 90 => (6, 1),
        >= 91 and <= 97 or >= 101 and <= 103 or >= 110 and <= 112 or 130 => (8, 1),
        >= 104 and <= 106 => (12, 1),
        >= 107 and <= 109 or >= 113 and <= 115 => (16, 1),
        >= 116 and <= 118 => (24, 1),
        >= 119 and <= 121 => (32, 1),
        >= 131 and <= 134 or 139 or 140 => (8, 4), // BC1, BC4
        >= 135 and <= 146 => (16, 4), // BC2, BC3, BC5, BC6H, BC7
        >= 147 and <= 150 or 153 or 154 => (8, 4), // ETC2 without alpha, EAC R11
        >= 151 and <= 156 => (16, 4),
        >= 157 and <= 184 => (16, 4), // ASTC, at its densest
        _ => (4, 1),
    };
}
