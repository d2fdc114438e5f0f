using System.Text.Json.Serialization;

namespace GpuMm.Cli.Vulkan;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(VulkanDocument))]
internal sealed partial class VulkanJsonContext : JsonSerializerContext;
