using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>Calls of allocators (VMA, PyTorch) and of Vulkan, one by one: which column or member is what, and what each call says.</summary>
public sealed class AllocatorCallTests
{
    private const string Head = "Vulkan Memory Allocator,Calls recording\n1,8\nConfig,Begin\nPhysicalDevice,deviceName,A, B\nConfig,End\n";

    // flags,size,usage,sharing,allocFlags,allocUsage,required,preferred,memTypeBits,pool,allocation,userdata and the like
    [Theory]
    [InlineData("vmaCreateBuffer,0,4096,128,0,0,U,0,0,0,0,000001D8,a, b", 4096, "buffer")]
    [InlineData("vmaCreateImage,0,1,37,64,32,1,1,1,1,0,20,0,0,0,U,0,0,0,0,000001D8,x", 8192, "image")]
    [InlineData("vmaAllocateMemory,4096,256,255,0,U,0,0,0,0,000001D8,", 4096, "memory")]
    [InlineData("vmaAllocateMemoryForBuffer,4096,256,255,0,1,0,U,0,0,0,0,000001D8,", 4096, "memory")]
    [InlineData("vmaAllocateMemoryForImage,4096,256,255,1,1,0,U,0,0,0,0,000001D8,", 4096, "memory")]
    public void AnAllocationHasItsSizeAndItsPlace(string call, long size, string name)
    {
        // VMA_MEMORY_USAGE: 1 GPU only, 2 CPU only, 3 CPU to GPU, 4 GPU to CPU, 5 CPU copy, 6 GPU lazily.
        (int Usage, MemoryDomain To, MemoryDomain Second)[] places =
        [
            (0, MemoryDomain.Vram, MemoryDomain.Vram), (1, MemoryDomain.Vram, MemoryDomain.Vram), (2, MemoryDomain.Gtt, MemoryDomain.Gtt),
            (3, MemoryDomain.Vram, MemoryDomain.Gtt), (4, MemoryDomain.Gtt, MemoryDomain.Gtt), (5, MemoryDomain.Gtt, MemoryDomain.Gtt),
            (6, MemoryDomain.Vram, MemoryDomain.Vram),
        ];
        foreach ((int usage, MemoryDomain to, MemoryDomain second) in places)
        {
            List<TraceEvent> events = Vma(call.Replace("U", $"{usage}", StringComparison.Ordinal), "vmaTouchAllocation,000001D8");
            Assert.Equal([TraceKind.Create, TraceKind.Use, TraceKind.Use], events.Select(static e => e.Kind));
            TraceEvent made = events[0];
            Assert.Equal((size, to, second, name, 7), ((long)made.SizeBytes, made.To, made.From, made.Name, made.ClientId));
            Assert.Equal([TraceFlags.Inferred | TraceFlags.Write, TraceFlags.Inferred], events.Skip(1).Select(static e => e.Flags));
            Assert.All(events, e => Assert.Equal((1ul, (ulong)size, 500_000_000L), (e.ObjectId, e.SizeBytes, e.TimeNs)));
        }

        string failed = call.Replace("000001D8", "00000000", StringComparison.Ordinal);
        TraceEvent none = Assert.Single(Vma(failed));
        Assert.Equal((TraceKind.OutOfMemory, (ulong)size, TraceFlags.Failed), (none.Kind, none.SizeBytes, none.Flags));
        Assert.Contains("other arguments", Assert.Throws<TraceFormatException>(() => Vma(call.Replace("000001D8", "xyz", StringComparison.Ordinal))).Message, StringComparison.Ordinal);
        Assert.Throws<TraceFormatException>(() => Vma(call.Replace("4096", "-1", StringComparison.Ordinal).Replace(",64,32,", ",64,-1,", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("140737488355327", true)]
    [InlineData("140737488355328", false)] // 128 TiB
    public void ASizeBeyondReasonIsRefused(string size, bool isGood)
    {
        void Read() => Vma($"vmaCreateBuffer,0,{size},128,0,0,1,0,0,0,0,000001D8,");
        if (isGood)
        {
            Read();
        }
        else
        {
            Assert.Throws<TraceFormatException>(Read);
        }
    }

    [Theory]
    [InlineData("vmaMapMemory", TraceKind.Map)]
    [InlineData("vmaUnmapMemory", TraceKind.Unmap)]
    [InlineData("vmaTouchAllocation", TraceKind.Use)]
    [InlineData("vmaGetAllocationInfo", TraceKind.Use)]
    [InlineData("vmaFlushAllocation", TraceKind.CpuAccess)]
    [InlineData("vmaInvalidateAllocation", TraceKind.CpuAccess)]
    [InlineData("vmaDestroyBuffer", TraceKind.Destroy)]
    [InlineData("vmaDestroyImage", TraceKind.Destroy)]
    [InlineData("vmaFreeMemory", TraceKind.Destroy)]
    [InlineData("vmaFreeMemoryPages", TraceKind.Destroy)]
    public void ACallNamesItsAllocation(string function, TraceKind kind)
    {
        const string Make = "vmaAllocateMemory,4096,256,255,0,1,0,0,0,0,000001D8,";
        TraceEvent said = Vma(Make, $"{function},000001D8,0,1")[^1];
        Assert.Equal((kind, 1ul, 4096ul, kind == TraceKind.Use ? TraceFlags.Inferred : TraceFlags.None), (said.Kind, said.ObjectId, said.SizeBytes, said.Flags));
        Assert.Equal(2, Vma(Make, $"{function},000001D9").Count); // One that nobody knows says nothing.
        Assert.Throws<TraceFormatException>(() => Vma(Make, $"{function},xyz"));
        Assert.Throws<TraceFormatException>(() => Vma(Make, function));
    }

    [Fact]
    public void PagesAreAllocatedAndFreedInOneCall()
    {
        List<TraceEvent> events = Vma("vmaAllocateMemoryPages,4096,256,255,0,2,0,0,0,0 1,00000000,", "vmaAllocateMemoryPages,4096,256,255,0,2,0,0,0,0,00000001 00000002,x", "vmaFreeMemoryPages,00000002 00000001");
        Assert.Equal([2ul, 1ul], events.Where(static e => e.Kind == TraceKind.Destroy).Select(static e => e.ObjectId));
        Assert.All(events.Where(static e => e.Kind == TraceKind.Create), static e => Assert.Equal((4096ul, MemoryDomain.Gtt), (e.SizeBytes, e.To)));
        Assert.Throws<TraceFormatException>(() => Vma("vmaAllocateMemoryPages,4096,256,255,0,2,0,0,0,0,,x"));
        Assert.Throws<TraceFormatException>(() => Vma("vmaFreeMemoryPages,00000002 xyz"));
    }

    [Fact]
    public void AHandleThatIsGivenAgainEndsWhatItNamed()
    {
        List<TraceEvent> events = Vma("vmaAllocateMemory,4096,256,255,0,1,0,0,0,0,1,", "vmaAllocateMemory,8192,256,255,0,1,0,0,0,0,1,", "vmaResizeAllocation,1,16384", "vmaResizeAllocation,2,1");
        Assert.Equal(
            [(TraceKind.Create, 1ul, 4096ul), (TraceKind.Destroy, 1ul, 4096ul), (TraceKind.Create, 2ul, 8192ul), (TraceKind.Destroy, 2ul, 8192ul), (TraceKind.Create, 3ul, 16384ul)],
            events.Where(static e => e.Kind != TraceKind.Use).Select(static e => (e.Kind, e.ObjectId, e.SizeBytes)));
    }

    [Theory]
    [InlineData("7,0.5,0")]
    [InlineData("x,0.5,0,vmaFreeMemory,1")]
    [InlineData("7,x,0,vmaFreeMemory,1")]
    [InlineData("7,0.5,x,vmaFreeMemory,1")]
    [InlineData("7,0.5,0,vkFreeMemory,1")]
    public void ALineThatIsNoCallIsRefused(string line) => Assert.Throws<TraceFormatException>(() => Read(Head + line + "\n", "vma"));

    [Theory]
    [InlineData("2,0")]
    [InlineData("1,100")]
    [InlineData("1")]
    [InlineData("x,1")]
    public void AVersionThatIsNotKnownIsRefused(string version) =>
        Assert.Throws<TraceFormatException>(() => Read($"Vulkan Memory Allocator,Calls recording\n{version}\n", "vma"));

    [Fact]
    public void AFrameBeginsWithItsFirstCallAndTheConfigurationIsKept()
    {
        using ITraceReader reader = Open(Head + "7,0.1,1,vmaCreatePool,1\n7,0.2,1,vmaDestroyPool,1\n\n7,0.3,3,vmaCreatePool,1\n", "vma");
        Assert.Equal(
            [(TraceKind.Frame, 1ul, null), (TraceKind.Marker, 0ul, "vmaCreatePool"), (TraceKind.Marker, 0ul, "vmaDestroyPool"), (TraceKind.Frame, 3ul, null), (TraceKind.Marker, 0ul, "vmaCreatePool")],
            Trace.ReadAll(reader).Select(static e => (e.Kind, e.RelatedId, e.Name)));
        Assert.Equal(("1.8", "B"), (reader.Description.Properties["version"], reader.Description.Properties["PhysicalDevice,deviceName,A"].Trim()));
    }

    [Theory]
    [InlineData("alloc,4096,512,3", "Create 1 512 4096 3, Use 1 512 0 3")]
    [InlineData("free_requested,4096,512,3", "Create 1 512 4096 3, Use 1 512 0 3")] // It is older than the recording.
    [InlineData("free_completed,4096,512,3", "")]
    [InlineData("segment_alloc,4096,512,3", "Usage 0 512 0 3")]
    [InlineData("segment_map,4096,512,3", "Usage 0 512 0 3")]
    [InlineData("segment_free,4096,512,3", "Usage 0 0 0 3")]
    [InlineData("oom,0,512,3", "OutOfMemory 0 512 0 3")]
    [InlineData("snapshot,0,0,65537", "Marker 0 0 0 1")]
    public void AnActionOfPyTorchIsWhatItSays(string action, string expected)
    {
        IEnumerable<TraceEvent> events = Read($"time_us,action,addr,size,stream\n5,{action}\n", "pytorch-csv");
        Assert.Equal(expected, string.Join(", ", events.Select(static e => $"{e.Kind} {e.ObjectId} {e.SizeBytes} {e.OffsetBytes} {e.ClientId}")));
    }

    [Fact]
    public void ABlockOfPyTorchLivesUntilItsFreeIsDone()
    {
        List<TraceEvent> events = Read(
            "time_us,action,addr,size,stream\n5,alloc,4096,512,0\n6,free_requested,4096,512,0\n7,free_completed,4096,512,0\n8,alloc,4096,1024,0\n9,alloc,4096,256,0\n" +
            "9,segment_alloc,0,2048,0\n10,segment_alloc,0,1024,0\n11,segment_free,0,2048,0\n12,segment_unmap,0,4096,0\n", "pytorch-csv");
        Assert.Equal(
            [
                (TraceKind.Create, 1ul, 512ul, 0L), (TraceKind.Use, 1ul, 512ul, 0L), (TraceKind.Use, 1ul, 512ul, 1000L), (TraceKind.Destroy, 1ul, 512ul, 2000L),
                (TraceKind.Create, 2ul, 1024ul, 3000L), (TraceKind.Use, 2ul, 1024ul, 3000L), (TraceKind.Destroy, 2ul, 1024ul, 4000L),
                (TraceKind.Create, 3ul, 256ul, 4000L), (TraceKind.Use, 3ul, 256ul, 4000L),
                (TraceKind.Usage, 0ul, 2048ul, 4000L), (TraceKind.Usage, 0ul, 3072ul, 5000L), (TraceKind.Usage, 0ul, 1024ul, 6000L), (TraceKind.Usage, 0ul, 0ul, 7000L),
            ],
            events.Select(static e => (e.Kind, e.ObjectId, e.SizeBytes, e.TimeNs)));
    }

    [Theory]
    [InlineData("-1,alloc,4096,512,0")]
    [InlineData("x,alloc,4096,512,0")]
    [InlineData("4611686018427387,alloc,4096,512,0")]
    [InlineData("5,alloc,x,512,0")]
    [InlineData("5,alloc,4096,x,0")]
    [InlineData("5,alloc,4096,512,x")]
    [InlineData("5,alloc,4096,512")]
    [InlineData("5,alloc,4096,512,0,1")]
    public void ARowOfPyTorchThatIsNoneIsRefused(string row) =>
        Assert.Throws<TraceFormatException>(() => Read($"time_us,action,addr,size,stream\n{row}\n", "pytorch-csv"));

    // Memory types: the first is the card's, by number or by name.
    [Theory]
    [InlineData("1", "6")]
    [InlineData("\"VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT|VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT\"", "\"VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT\"")]
    [InlineData("\"0x1\"", "\"0x6\"")]
    public void AMemoryTypeIsTheCardsOrNot(string local, string system)
    {
        string types = $$"""{"memoryTypes":[{"propertyFlags":{{local}},"heapIndex":0},{"propertyFlags":{{system}},"heapIndex":1}]}""";
        foreach (string properties in (string[])[types, $$$"""{"memoryProperties":{{{types}}} }"""])
        {
            List<TraceEvent> events = Calls(
                ("vkGetPhysicalDeviceMemoryProperties2", "VK_SUCCESS", $$$"""{"pMemoryProperties":{{{properties}}} }"""),
                ("vkAllocateMemory", "VK_SUCCESS", """{"pAllocateInfo":{"allocationSize":4096,"memoryTypeIndex":0},"pMemory":"0x7"}"""),
                ("vkAllocateMemory", "VK_SUCCESS", """{"pAllocateInfo":{"allocationSize":"8192","memoryTypeIndex":1},"pMemory":"8"}"""),
                ("vkAllocateMemory", "VK_SUCCESS", """{"pAllocateInfo":{"allocationSize":1,"memoryTypeIndex":2},"pMemory":9}"""));
            Assert.Equal(
                [(4096ul, MemoryDomain.Vram, 1000L), (8192ul, MemoryDomain.Gtt, 2000L), (1ul, MemoryDomain.Vram, 3000L)],
                events.Where(static e => e.Kind == TraceKind.Create).Select(static e => (e.SizeBytes, e.To, e.TimeNs)));
        }
    }

    [Fact]
    public void ResourcesAreBoundIntoMemoryAndLeaveIt()
    {
        List<TraceEvent> events = Calls(
            ("vkAllocateMemory", "VK_SUCCESS", """{"pAllocateInfo":{"allocationSize":65536,"memoryTypeIndex":0},"pMemory":7}"""),
            ("vkCreateBuffer", "VK_SUCCESS", """{"pCreateInfo":{"size":1000},"pBuffer":21}"""),
            ("vkCreateImage", "VK_SUCCESS", """{"pCreateInfo":{"format":"VK_FORMAT_R8G8B8A8_UNORM","extent":{"width":64,"height":32,"depth":1},"mipLevels":1,"arrayLayers":2,"samples":"VK_SAMPLE_COUNT_1_BIT"},"pImage":22}"""),
            ("vkBindBufferMemory", "VK_SUCCESS", """{"buffer":21,"memory":7,"memoryOffset":256}"""),
            ("vkBindImageMemory2", "VK_SUCCESS", """{"pBindInfos":[{"image":22,"memory":7,"memoryOffset":4096},{"image":99,"memory":7,"memoryOffset":0}]}"""),
            ("vkDestroyBuffer", "VK_SUCCESS", """{"buffer":21}"""), ("vkDestroyImage", "VK_SUCCESS", """{"image":22}"""), ("vkDestroyImage", "VK_SUCCESS", """{"image":22}"""),
            ("vkFreeMemory", "VK_SUCCESS", """{"memory":7}"""), ("vkFreeMemory", "VK_SUCCESS", """{"memory":7}"""));
        Assert.Equal(
            [(1ul, 256ul, 1000ul, "buffer"), (1ul, 4096ul, 16384ul, "image")],
            events.Where(static e => e.Kind == TraceKind.Bind).Select(static e => (e.RelatedId, e.OffsetBytes, e.SizeBytes, e.Name!)));
        Assert.Equal(events.Where(static e => e.Kind == TraceKind.Bind).Select(static e => e.ObjectId), events.Where(static e => e.Kind == TraceKind.Unbind).Select(static e => e.ObjectId));
        Assert.Equal([TraceKind.Unbind, TraceKind.Unbind, TraceKind.Destroy], events.TakeLast(3).Select(static e => e.Kind));
        Assert.Equal([65536ul, 65536ul, 65536ul], events.Where(static e => e.Kind == TraceKind.Use).Select(static e => e.SizeBytes));
    }

    [Theory]
    [InlineData("vkMapMemory", "vkUnmapMemory", "memory", "memory")]
    [InlineData("vkMapMemory2", "vkUnmapMemory2", "pMemoryMapInfo", "pMemoryUnmapInfo")]
    [InlineData("vkMapMemory2KHR", "vkUnmapMemory2KHR", "pMemoryMapInfo", "pMemoryUnmapInfo")]
    public void MemoryIsMappedAndUnmappedByEveryFormOfTheCall(string map, string unmap, string mapped, string unmapped)
    {
        static string Args(string member) => member == "memory" ? """{"memory":7}""" : $$"""{"{{member}}":{"memory":7} }""";
        List<TraceEvent> events = Calls(
            ("vkAllocateMemory", "VK_SUCCESS", """{"pAllocateInfo":{"allocationSize":65536,"memoryTypeIndex":0},"pMemory":7}"""),
            (map, "VK_SUCCESS", Args(mapped)), (unmap, "VK_SUCCESS", Args(unmapped)));
        Assert.Equal(
            [(TraceKind.Create, 1ul, 65536ul), (TraceKind.Use, 1ul, 65536ul), (TraceKind.Map, 1ul, 65536ul), (TraceKind.Unmap, 1ul, 65536ul)],
            events.Select(static e => (e.Kind, e.ObjectId, e.SizeBytes)));
    }

    [Fact]
    public void AFailedAllocationSubmissionsAndPresentsAreTold()
    {
        List<TraceEvent> events = Calls(
            ("vkAllocateMemory", "VK_ERROR_OUT_OF_DEVICE_MEMORY", """{"pAllocateInfo":{"allocationSize":4096,"memoryTypeIndex":0},"pMemory":7}"""),
            ("vkQueueSubmit", "VK_SUCCESS", """{"queue":5}"""), ("vkQueuePresentKHR", "VK_SUCCESS", """{"queue":5}"""), ("vkQueueSubmit2KHR", "VK_SUCCESS", """{"queue":6}"""),
            ("vkQueuePresentKHR", "VK_SUCCESS", "{}"), ("vkMapMemory", "VK_SUCCESS", """{"memory":7}"""), ("vkCmdDraw", "VK_SUCCESS", "{}"));
        Assert.Equal(
            [(TraceKind.OutOfMemory, 0ul, 0ul, 0L), (TraceKind.Submit, 5ul, 0ul, 1000L), (TraceKind.Frame, 0ul, 1ul, 2000L), (TraceKind.Submit, 6ul, 0ul, 3000L), (TraceKind.Frame, 0ul, 2ul, 4000L)],
            events.Select(static e => (e.Kind, e.OffsetBytes, e.RelatedId, e.TimeNs)));
    }

    // The bytes say what it is, whatever it is called.
    [Theory]
    [InlineData("# tracer: nop\n", "ftrace")]
    [InlineData("cpus=2\n", "ftrace")]
    [InlineData("some words\n  a-17 [000] 1.0: x: y\n", "ftrace")]
    [InlineData("[\n", "gfxr")]
    [InlineData("{\"header\":1}\n", "gfxr")]
    [InlineData("time,id,size\n", "csv")]
    [InlineData("obj_id\ttimestamp\n", "csv")]
    [InlineData("# note\n1,2,3\n", "csv")]
    [InlineData("  1.5,2\n", "csv")]
    [InlineData("7", "csv")]
    [InlineData("1700000000000,8,4096\n", "csv")] // Milliseconds
    [InlineData("time_us,action,addr,size,stream\n", "pytorch-csv")]
    [InlineData("Vulkan Memory Allocator,Calls recording\n", "vma")]
    [InlineData("id\n", null)]
    [InlineData("words alone\n", null)]
    [InlineData("-1,2,3\n", null)]
    [InlineData("1,2\u00013\n", null)]
    [InlineData("", null)]
    public void TextIsKnownByHowItBegins(string text, string? format)
    {
        if (format is null)
        {
            Assert.Throws<TraceFormatException>(() => TraceFiles.Open(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x.csv"));
            return;
        }

        using ITraceReader reader = TraceFiles.Open(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x");
        Assert.Equal(format, reader.Description.Format);
    }

    private static List<TraceEvent> Vma(params string[] calls) => Read(Head + string.Concat(calls.Select(static call => $"7,0.5,0,{call}\n")), "vma");

    private static List<TraceEvent> Calls(params (string Name, string Result, string Args)[] calls) =>
        Read(string.Concat(calls.Select(static call => $$$"""{"index":1,"function":{"name":"{{{call.Name}}}","return":"{{{call.Result}}}","args":{{{call.Args}}} } }""" + "\n")), "gfxr");

    private static ITraceReader Open(string text, string format) => TraceFiles.Open(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x", new TraceOpenOptions { From = format });

    private static List<TraceEvent> Read(string text, string format)
    {
        using ITraceReader reader = Open(text, format);
        return Trace.ReadAll(reader);
    }
}
