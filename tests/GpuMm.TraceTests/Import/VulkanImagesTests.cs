using System.Collections.Generic;
using System.Text.Json;
using GpuMm.Traces.Import;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>Sizes of images, by the format table of the Vulkan specification: number of a format's first and last, bytes of a block, its side.</summary>
public sealed class VulkanImagesTests
{
    private static readonly (int First, int Last, int Bytes, int Side)[] s_formats =
    [
        (1, 1, 1, 1), (2, 8, 2, 1), (9, 15, 1, 1), (16, 22, 2, 1), (23, 36, 3, 1), (37, 69, 4, 1), (70, 76, 2, 1), (77, 83, 4, 1), (84, 90, 6, 1),
        (91, 97, 8, 1), (98, 100, 4, 1), (101, 103, 8, 1), (104, 106, 12, 1), (107, 109, 16, 1), (110, 112, 8, 1), (113, 115, 16, 1), (116, 118, 24, 1),
        (119, 121, 32, 1), (122, 123, 4, 1), (124, 124, 2, 1), (125, 126, 4, 1), (127, 127, 1, 1), (128, 129, 4, 1), (130, 130, 8, 1), (131, 134, 8, 4),
        (135, 138, 16, 4), (139, 140, 8, 4), (141, 146, 16, 4), (147, 150, 8, 4), (151, 152, 16, 4), (153, 154, 8, 4), (155, 156, 16, 4), (157, 184, 16, 4),
    ];

    [Fact]
    public void EachFormatHasTheBytesOfItsBlock()
    {
        HashSet<int> seen = [];
        foreach ((int first, int last, int bytes, int side) in s_formats)
        {
            for (int format = first; format <= last; format++)
            {
                Assert.True(seen.Add(format));
                Assert.True((ulong)(4096 * bytes / side) == VulkanImages.Bytes((ulong)format, 4096, (ulong)side, 1, 1, 1, 1), $"format {format}");
            }
        }

        Assert.Equal(184, seen.Count);
        Assert.Equal(4096ul * 4, VulkanImages.Bytes(1_000_000, 4096, 1, 1, 1, 1, 1)); // Of those that are not known.
    }

    [Theory]
    [InlineData(37, 100, 50, 1, 1, 1, 1, 20_480)] // 20,000 bytes are five pages.
    [InlineData(37, 64, 32, 1, 7, 1, 1, 12_288)] // 8192 + 2048 + 512 + 128 + 32 + 8 + 4
    [InlineData(37, 64, 32, 1, 8, 1, 1, 12_288)] // A level of one texel more.
    [InlineData(37, 32, 32, 32, 2, 1, 1, 147_456)] // Depth halves too.
    [InlineData(37, 64, 64, 1, 1, 6, 4, 393_216)]
    [InlineData(131, 130, 130, 1, 1, 1, 1, 12_288)] // 33 by 33 blocks of 8 bytes are 8,712.
    [InlineData(37, 64, 64, 1, 0, 0, 0, 16_384)] // What is missing is one.
    [InlineData(37, 0, 0, 0, 1, 1, 1, 4096)]
    [InlineData(37, 1 << 23, 1 << 21, 1, 1, 1, 1, 1L << 46)] // Exactly the most there is.
    [InlineData(37, 1 << 23, (1 << 21) - 1, 1, 1, 1, 1, (1L << 46) - (1L << 25))]
    [InlineData(37, long.MaxValue, long.MaxValue, 1, 1, 1, 1, 1L << 46)]
    [InlineData(37, 1 << 23, 1 << 20, 1, 1, 4, 1, 1L << 46)]
    public void LevelsLayersAndSamplesAdd(long format, long width, long height, long depth, long levels, long layers, long samples, long expected) =>
        Assert.Equal((ulong)expected, VulkanImages.Bytes((ulong)format, (ulong)width, (ulong)height, (ulong)depth, (ulong)levels, (ulong)layers, (ulong)samples));

    // Names say the size of a block as numbers do.
    [Theory]
    [InlineData("\"VK_FORMAT_R8_UNORM\"", 1, 1)]
    [InlineData("\"VK_FORMAT_R8G8_SNORM\"", 2, 1)]
    [InlineData("\"VK_FORMAT_R8G8B8_UNORM\"", 3, 1)]
    [InlineData("\"VK_FORMAT_B8G8R8_SRGB\"", 3, 1)]
    [InlineData("\"VK_FORMAT_R8G8B8A8_SRGB\"", 4, 1)]
    [InlineData("\"VK_FORMAT_B8G8R8A8_UNORM\"", 4, 1)]
    [InlineData("\"VK_FORMAT_A8B8G8R8_UNORM_PACK32\"", 4, 1)]
    [InlineData("\"VK_FORMAT_A2B10G10R10_UNORM_PACK32\"", 4, 1)]
    [InlineData("\"VK_FORMAT_R16_SFLOAT\"", 2, 1)]
    [InlineData("\"VK_FORMAT_R16G16_SFLOAT\"", 4, 1)]
    [InlineData("\"VK_FORMAT_R16G16B16_SFLOAT\"", 6, 1)]
    [InlineData("\"VK_FORMAT_R16G16B16A16_SFLOAT\"", 8, 1)]
    [InlineData("\"VK_FORMAT_R32_SFLOAT\"", 4, 1)]
    [InlineData("\"VK_FORMAT_R32G32_UINT\"", 8, 1)]
    [InlineData("\"VK_FORMAT_R32G32B32_SFLOAT\"", 12, 1)]
    [InlineData("\"VK_FORMAT_R32G32B32A32_SFLOAT\"", 16, 1)]
    [InlineData("\"VK_FORMAT_B10G11R11_UFLOAT_PACK32\"", 4, 1)]
    [InlineData("\"VK_FORMAT_E5B9G9R9_UFLOAT_PACK32\"", 4, 1)]
    [InlineData("\"VK_FORMAT_D16_UNORM\"", 2, 1)]
    [InlineData("\"VK_FORMAT_D16_UNORM_S8_UINT\"", 4, 1)]
    [InlineData("\"VK_FORMAT_X8_D24_UNORM_PACK32\"", 4, 1)]
    [InlineData("\"VK_FORMAT_D24_UNORM_S8_UINT\"", 4, 1)]
    [InlineData("\"VK_FORMAT_D32_SFLOAT\"", 4, 1)]
    [InlineData("\"VK_FORMAT_D32_SFLOAT_S8_UINT\"", 8, 1)]
    [InlineData("\"VK_FORMAT_S8_UINT\"", 1, 1)]
    [InlineData("\"VK_FORMAT_BC1_RGB_UNORM_BLOCK\"", 8, 4)]
    [InlineData("\"VK_FORMAT_BC2_UNORM_BLOCK\"", 16, 4)]
    [InlineData("\"VK_FORMAT_BC3_UNORM_BLOCK\"", 16, 4)]
    [InlineData("\"VK_FORMAT_BC4_SNORM_BLOCK\"", 8, 4)]
    [InlineData("\"VK_FORMAT_BC5_SNORM_BLOCK\"", 16, 4)]
    [InlineData("\"VK_FORMAT_BC6H_UFLOAT_BLOCK\"", 16, 4)]
    [InlineData("\"VK_FORMAT_BC7_SRGB_BLOCK\"", 16, 4)]
    [InlineData("\"VK_FORMAT_ETC2_R8G8B8_UNORM_BLOCK\"", 8, 4)]
    [InlineData("\"VK_FORMAT_ETC2_R8G8B8A1_UNORM_BLOCK\"", 8, 4)]
    [InlineData("\"VK_FORMAT_ETC2_R8G8B8A8_SRGB_BLOCK\"", 16, 4)]
    [InlineData("\"VK_FORMAT_EAC_R11_UNORM_BLOCK\"", 8, 4)]
    [InlineData("\"VK_FORMAT_EAC_R11G11_SNORM_BLOCK\"", 16, 4)]
    [InlineData("\"VK_FORMAT_ASTC_4x4_SRGB_BLOCK\"", 16, 4)]
    [InlineData("\"VK_FORMAT_SOMETHING_NEW\"", 4, 1)]
    [InlineData("131", 8, 4)]
    [InlineData("-1", 4, 1)]
    [InlineData("{}", 4, 1)]
    public void ANameIsTheFormat(string json, int bytes, int side)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal((ulong)(4096 * bytes / side), VulkanImages.Bytes(VulkanFormats.Number(document.RootElement), 4096, (ulong)side, 1, 1, 1, 1));
    }

    [Theory]
    [InlineData("\"VK_SAMPLE_COUNT_1_BIT\"", 1)]
    [InlineData("\"VK_SAMPLE_COUNT_2_BIT\"", 2)]
    [InlineData("\"VK_SAMPLE_COUNT_4_BIT\"", 4)]
    [InlineData("\"VK_SAMPLE_COUNT_8_BIT\"", 8)]
    [InlineData("\"VK_SAMPLE_COUNT_16_BIT\"", 16)]
    [InlineData("\"VK_SAMPLE_COUNT_32_BIT\"", 32)]
    [InlineData("\"VK_SAMPLE_COUNT_64_BIT\"", 64)]
    [InlineData("8", 8)]
    [InlineData("-3", 1)]
    [InlineData("\"?\"", 1)]
    [InlineData("null", 1)]
    public void ANameIsTheNumberOfSamples(string json, int expected)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal((ulong)expected, VulkanFormats.Samples(document.RootElement));
    }
}
