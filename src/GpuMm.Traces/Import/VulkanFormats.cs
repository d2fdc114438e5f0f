using System;
using System.Text.Json;

namespace GpuMm.Traces.Import;

/// <summary>Formats and sample counts of Vulkan, as JSON writes them: by name or by number.</summary>
internal static class VulkanFormats
{
    // What applications use for textures and targets; anything else counts as 4 bytes a texel.
    private static readonly (string Prefix, ulong Number)[] s_names =
    [
        ("VK_FORMAT_BC1", 131), ("VK_FORMAT_BC2", 135), ("VK_FORMAT_BC3", 137), ("VK_FORMAT_BC4", 139), ("VK_FORMAT_BC5", 141),
        ("VK_FORMAT_BC6H", 143), ("VK_FORMAT_BC7", 145), ("VK_FORMAT_ETC2_R8G8B8A8", 151), ("VK_FORMAT_ETC2", 147),
        ("VK_FORMAT_EAC_R11G11", 155), ("VK_FORMAT_EAC_R11", 153), ("VK_FORMAT_ASTC", 157),
        ("VK_FORMAT_R32G32B32A32", 109), ("VK_FORMAT_R32G32B32", 106), ("VK_FORMAT_R32G32", 103), ("VK_FORMAT_R32", 100),
        ("VK_FORMAT_R16G16B16A16", 97), ("VK_FORMAT_R16G16B16", 90), ("VK_FORMAT_R16G16", 83), ("VK_FORMAT_R16", 76),
        ("VK_FORMAT_R8G8B8A8", 37), ("VK_FORMAT_B8G8R8A8", 44), ("VK_FORMAT_A8B8G8R8", 51), ("VK_FORMAT_A2", 64),
        ("VK_FORMAT_B10G11R11", 122), ("VK_FORMAT_E5B9G9R9", 123), ("VK_FORMAT_R8G8B8", 23), ("VK_FORMAT_B8G8R8", 30),
        ("VK_FORMAT_R8G8", 16), ("VK_FORMAT_R8", 9), ("VK_FORMAT_D16_UNORM_S8", 128), ("VK_FORMAT_D16", 124), ("VK_FORMAT_X8_D24", 125),
        ("VK_FORMAT_D32_SFLOAT_S8", 130), ("VK_FORMAT_D32", 126), ("VK_FORMAT_S8", 127), ("VK_FORMAT_D24", 129),
    ];

    public static ulong Number(JsonElement format)
    {
        if (format.ValueKind == JsonValueKind.Number)
        {
            return format.TryGetUInt64(out ulong value) ? value : 0;
        }

        if (format.ValueKind == JsonValueKind.String)
        {
            string name = format.GetString()!;
            foreach ((string prefix, ulong number) in s_names)
            {
                if (name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return number;
                }
            }
        }

        return 0;
    }

    /// <summary>"VK_SAMPLE_COUNT_4_BIT" or 4.</summary>
    public static ulong Samples(JsonElement samples)
    {
        if (samples.ValueKind == JsonValueKind.Number)
        {
            return samples.TryGetUInt64(out ulong value) ? value : 1;
        }

        string name = samples.ValueKind == JsonValueKind.String ? samples.GetString()! : "";
        foreach (ulong count in (ReadOnlySpan<ulong>)[64, 32, 16, 8, 4, 2])
        {
            if (name.StartsWith($"VK_SAMPLE_COUNT_{count}_", StringComparison.Ordinal))
            {
                return count;
            }
        }

        return 1;
    }
}
