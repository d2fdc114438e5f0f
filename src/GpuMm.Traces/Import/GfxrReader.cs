using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Vulkan calls as gfxreconstruct converts them to JSON Lines.</summary>
/// <remarks>
/// Device memory is an object; buffers and images are bound into it. The source has no clock: a call is a microsecond. It
/// has no list of what a submission reads either: allocation and binding count as uses, inferred. Lines of at most 16 MiB.
/// </remarks>
internal sealed class GfxrReader : TextTraceReader
{
    private const string Fix = "Convert again with 'gfxrecon-convert --format jsonl'.";

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 64 };

    private readonly ObjectNames _names;
    private readonly Dictionary<ulong, Resource> _resources = [];
    private readonly List<bool> _typeIsLocal = [];
    private long _calls;
    private ulong _frame;

    public GfxrReader(TraceInput input)
        : base(input, "gfxr", maxLineBytes: 16 << 20)
    {
        _names = new ObjectNames(input.File);
    }

    protected override void Parse(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t"u8);

        // As one array, each line but the brackets ends in a comma.
        line = line.TrimEnd((byte)',');
        if (line.IsEmpty || line is [(byte)'['] or [(byte)']'])
        {
            return;
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(line.Length);
        try
        {
            line.CopyTo(rented);
            using JsonDocument document = JsonDocument.Parse(rented.AsMemory(0, line.Length), s_options);
            Apply(document.RootElement);
        }
        catch (JsonException failure)
        {
            throw Malformed(LineOffset + (failure.BytePositionInLine ?? 0), $"line {LineNumber} is no JSON object of a call", Fix, failure);
        }
        catch (InvalidOperationException failure)
        {
            // A name in JSON that is no valid text.
            throw Malformed(LineOffset, $"line {LineNumber} holds text that is no Unicode", Fix, failure);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    protected override void Finish()
    {
        SetProperty("calls", _calls.ToString(CultureInfo.InvariantCulture));
        SetProperty("time", "one microsecond per call; the source has no clock");
        SetProperty(PyTorchEvents.AccessProperty, "inferred: at allocation and binding; the source records no GPU access");
        if (_calls == 0)
        {
            throw Malformed(0, "the file holds no Vulkan call", Fix);
        }
    }

    private void Apply(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw BadLine(0, "the line is no JSON object", Fix);
        }

        if (!root.TryGetProperty("vkFunc", out JsonElement call) && !root.TryGetProperty("function", out call))
        {
            return; // The header, a state or an annotation.
        }

        if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
        {
            throw BadLine(0, "the call has no name", Fix);
        }

        long time = _calls++ * 1000;
        if (call.TryGetProperty("args", out JsonElement args) && args.ValueKind == JsonValueKind.Object)
        {
            bool failed = call.TryGetProperty("return", out JsonElement result) && result.ValueKind == JsonValueKind.String &&
                result.GetString()!.StartsWith("VK_ERROR", StringComparison.Ordinal);
            Dispatch(name.GetString()!, args, new TraceEvent { TimeNs = time }, failed);
        }
    }

    private void Dispatch(string name, JsonElement args, in TraceEvent e, bool failed)
    {
        switch (name)
        {
            case "vkGetPhysicalDeviceMemoryProperties" or "vkGetPhysicalDeviceMemoryProperties2" or "vkGetPhysicalDeviceMemoryProperties2KHR":
                LearnTypes(args);
                break;
            case "vkAllocateMemory":
                Allocate(args, e, failed);
                break;
            case "vkFreeMemory":
                Free(args, e);
                break;
            case "vkCreateBuffer":
                Create(Number(args, "pBuffer"), Number(Child(args, "pCreateInfo"), "size"), "buffer");
                break;
            case "vkCreateImage":
                Create(Number(args, "pImage"), ImageBytes(Child(args, "pCreateInfo")), "image");
                break;
            case "vkDestroyBuffer":
                Destroy(Number(args, "buffer"), e);
                break;
            case "vkDestroyImage":
                Destroy(Number(args, "image"), e);
                break;
            case "vkBindBufferMemory" or "vkBindImageMemory":
                Bind(args, e);
                break;
            case "vkBindBufferMemory2" or "vkBindImageMemory2" or "vkBindBufferMemory2KHR" or "vkBindImageMemory2KHR":
                foreach (JsonElement info in Items(args, "pBindInfos"))
                {
                    Bind(info, e);
                }

                break;
            case "vkMapMemory" or "vkUnmapMemory":
                Map(args, e, name == "vkMapMemory");
                break;
            case "vkMapMemory2" or "vkMapMemory2KHR":
                Map(Child(args, "pMemoryMapInfo"), e, begins: true);
                break;
            case "vkUnmapMemory2" or "vkUnmapMemory2KHR":
                Map(Child(args, "pMemoryUnmapInfo"), e, begins: false);
                break;
            case "vkQueueSubmit" or "vkQueueSubmit2" or "vkQueueSubmit2KHR":
                Emit(e with { Kind = TraceKind.Submit, OffsetBytes = Number(args, "queue"), Name = "queue" });
                break;
            case "vkQueuePresentKHR":
                Emit(e with { Kind = TraceKind.Frame, RelatedId = ++_frame });
                break;
        }
    }

    private void Allocate(JsonElement args, in TraceEvent e, bool failed)
    {
        JsonElement info = Child(args, "pAllocateInfo");
        ulong size = Number(info, "allocationSize");
        ulong type = Number(info, "memoryTypeIndex");
        ulong handle = Number(args, "pMemory");
        if (failed)
        {
            Emit(e with { Kind = TraceKind.OutOfMemory, SizeBytes = size, Flags = TraceFlags.Failed });
            return;
        }

        bool isLocal = type >= (ulong)_typeIsLocal.Count || _typeIsLocal[(int)type];
        ulong id = _names.Begin(handle, size, LineOffset);
        MemoryDomain to = isLocal ? MemoryDomain.Vram : MemoryDomain.Gtt;
        Emit(e with { Kind = TraceKind.Create, ObjectId = id, SizeBytes = size, To = to, From = to, Name = "memory" });
        Emit(e with { Kind = TraceKind.Use, ObjectId = id, SizeBytes = size, Flags = TraceFlags.Inferred });
    }

    private void Free(JsonElement args, in TraceEvent e)
    {
        if (_names.TryEnd(Number(args, "memory"), out ObjectNames.LiveObject gone))
        {
            Emit(e with { Kind = TraceKind.Destroy, ObjectId = gone.Id, SizeBytes = gone.SizeBytes });
        }
    }

    private void Create(ulong handle, ulong sizeBytes, string name)
    {
        if (_resources.Count < ObjectNames.MaxLive)
        {
            _resources[handle] = new Resource(_names.NextId(), sizeBytes, name, 0);
        }
    }

    private void Destroy(ulong handle, in TraceEvent e)
    {
        if (_resources.Remove(handle, out Resource gone) && gone.ParentId != 0)
        {
            Emit(e with { Kind = TraceKind.Unbind, ObjectId = gone.Id, RelatedId = gone.ParentId });
        }
    }

    private void Bind(JsonElement args, in TraceEvent e)
    {
        ulong handle = Number(args, "buffer");
        handle = handle == 0 ? Number(args, "image") : handle;
        if (!_names.TryFind(Number(args, "memory"), out ObjectNames.LiveObject memory) || !_resources.TryGetValue(handle, out Resource resource))
        {
            return;
        }

        _resources[handle] = resource with { ParentId = memory.Id };
        Emit(e with
        {
            Kind = TraceKind.Bind,
            ObjectId = resource.Id,
            RelatedId = memory.Id,
            OffsetBytes = Number(args, "memoryOffset"),
            SizeBytes = resource.SizeBytes,
            Name = resource.Name,
        });
        Emit(e with { Kind = TraceKind.Use, ObjectId = memory.Id, SizeBytes = memory.SizeBytes, Flags = TraceFlags.Inferred });
    }

    private void Map(JsonElement args, in TraceEvent e, bool begins)
    {
        if (_names.TryFind(Number(args, "memory"), out ObjectNames.LiveObject memory))
        {
            Emit(e with { Kind = begins ? TraceKind.Map : TraceKind.Unmap, ObjectId = memory.Id, SizeBytes = memory.SizeBytes });
        }
    }

    private void LearnTypes(JsonElement args)
    {
        JsonElement properties = Child(args, "pMemoryProperties");
        properties = properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty("memoryProperties", out JsonElement inner) ? inner : properties;
        _typeIsLocal.Clear();
        foreach (JsonElement type in Items(properties, "memoryTypes"))
        {
            if (_typeIsLocal.Count == 32)
            {
                break;
            }

            JsonElement flags = Child(type, "propertyFlags");
            string text = flags.ValueKind == JsonValueKind.String ? flags.GetString()! : "";
            _typeIsLocal.Add((Number(type, "propertyFlags") & 1) != 0 || text.Contains("DEVICE_LOCAL", StringComparison.Ordinal));
        }
    }

    private static ulong ImageBytes(JsonElement info)
    {
        JsonElement extent = Child(info, "extent");
        return VulkanImages.Bytes(
            VulkanFormats.Number(Child(info, "format")), Number(extent, "width"), Number(extent, "height"), Number(extent, "depth"),
            Number(info, "mipLevels"), Number(info, "arrayLayers"), VulkanFormats.Samples(Child(info, "samples")));
    }

    private static JsonElement Child(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement child) ? child : default;

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name)
    {
        JsonElement child = Child(parent, name);
        return child.ValueKind == JsonValueKind.Array ? child.EnumerateArray() : default;
    }

    // A number, or one in text: decimal or 0x.
    private static ulong Number(JsonElement parent, string name)
    {
        JsonElement child = Child(parent, name);
        if (child.ValueKind == JsonValueKind.Number)
        {
            return child.TryGetUInt64(out ulong value) ? value : 0;
        }

        if (child.ValueKind != JsonValueKind.String)
        {
            return 0;
        }

        string text = child.GetString()!;
        return text.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex) ? hex : 0
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : 0;
    }

    private readonly record struct Resource(ulong Id, ulong SizeBytes, string Name, ulong ParentId);
}
