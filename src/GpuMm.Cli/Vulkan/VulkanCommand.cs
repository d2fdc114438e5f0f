using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuMm.Primitives;
using GpuMm.Vulkan.Devices;

namespace GpuMm.Cli.Vulkan;

/// <summary><c>gpumm vulkan info</c>: the devices that a run can be mirrored on.</summary>
internal static class VulkanCommand
{
    private static readonly VulkanJsonContext s_context = new(
        new JsonSerializerOptions(VulkanJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };

    public static Command Create()
    {
        Command info = new("info", "Devices, heaps, memory types, and the memory that stands for each domain.") { s_json };
        info.SetAction(Info);
        return new Command("vulkan", "The Vulkan devices that a run can be mirrored on.") { info };
    }

    /// <summary>What stands for a domain, as everybody reads it: video memory, aperture, system RAM.</summary>
    public static string NameOf(MemoryDomain domain) => domain switch
    {
        MemoryDomain.Vram => "VRAM",
        MemoryDomain.Gtt => "aperture",
        _ => "system",
    };

    private static int Info(ParseResult parsed)
    {
        IReadOnlyList<VulkanDeviceInfo> devices;
        try
        {
            devices = DeviceQuery.All();
        }
        catch (MirrorUnavailableException missing)
        {
            Console.Error.WriteLine($"gpumm: {missing.Message}");
            return ExitCode.Failed;
        }

        if (parsed.GetValue(s_json))
        {
            VulkanDocument document = new() { SchemaVersion = 1, Devices = devices };
            Console.Out.WriteLine(JsonSerializer.Serialize(document, s_context.VulkanDocument));
        }
        else
        {
            foreach (VulkanDeviceInfo device in devices)
            {
                Write(Console.Out, device);
            }
        }

        return ExitCode.Ok;
    }

    private static void Write(TextWriter output, VulkanDeviceInfo device)
    {
        output.WriteLine($"Device {device.Index}: {device.Name} ({device.Type}), Vulkan {device.ApiVersion}, {device.Driver}");
        foreach (MemoryHeapInfo heap in device.Heaps)
        {
            string budget = heap.BudgetBytes is { } bytes ? $", {ByteSize.Format(bytes)} of it for us now" : "";
            output.WriteLine($"  heap {heap.Index}    {ByteSize.Format(heap.SizeBytes)}{(heap.IsDeviceLocal ? ", device-local" : "")}{budget}");
        }

        foreach (MemoryTypeInfo type in device.MemoryTypes)
        {
            output.WriteLine($"  type {type.Index}    heap {type.HeapIndex}: {string.Join(", ", type.PropertyNames)}");
        }

        foreach (QueueFamilyInfo family in device.QueueFamilies)
        {
            string[] does = [.. new[] { family.Graphics ? "graphics" : "", family.Compute ? "compute" : "", family.Transfer ? "transfer" : "" }.Where(static word => word.Length > 0)];
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  queues {family.Index}  {family.QueueCount}: {string.Join(", ", does)}; timestamps of {family.TimestampBits} bits, {device.TimestampPeriodNs:0.###} ns"));
        }

        output.WriteLine($"  memory_budget {Yes(device.MemoryBudget)}, memory_priority {Yes(device.MemoryPriority)}, external_memory_host {Yes(device.ExternalMemoryHost)}");
        if (device.Domains is not { } domains)
        {
            output.WriteLine($"  No mirror: {device.Problem}.");
            return;
        }

        foreach (DomainMapping mapping in domains.Mappings.Reverse())
        {
            output.WriteLine($"  {NameOf(mapping.Domain),-9} type {mapping.TypeIndex}, heap {mapping.HeapIndex}: {mapping.Fit}");
        }

        if (!domains.IsDistinct)
        {
            output.WriteLine("  Domains that share a memory type are separate pools of it; the manager alone keeps them apart.");
        }
    }

    private static string Yes(bool isOffered) => isOffered ? "yes" : "no";
}
