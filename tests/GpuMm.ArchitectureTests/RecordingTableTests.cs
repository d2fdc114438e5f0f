using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.ArchitectureTests;

/// <summary>Whatever changes a device has a row in the page of recordings.</summary>
public sealed class RecordingTableTests
{
    private const RegexOptions Plain = RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    private static readonly Type[] s_types =
    [
        typeof(GpuDevice), typeof(BufferObject), typeof(GpuClient), typeof(GpuVm), typeof(BulkMove), typeof(MemoryGroup),
        typeof(AddressSpace), typeof(AddressMapping), typeof(ResourceManager),
    ];

    // They tell, and change nothing.
    private static readonly string[] s_questions =
    [
        "GpuDevice.Manager", "GpuDevice.Snapshot", "GpuDevice.SnapshotGroups", "GpuDevice.Validate", "GpuDevice.Dump",
        "GpuDevice.DmaAddressOf", "BufferObject.FrameAt", "GpuClient.TryGet", "GpuClient.FdInfo", "GpuVm.Find", "GpuVm.FindFirst", "GpuVm.Dump", "GpuVm.AddReservations", "BulkMove.First",
        "BulkMove.Last", "MemoryGroup.LimitsOf", "MemoryGroup.UsageOf", "AddressSpace.Translate", "AddressSpace.FindArea",
        "AddressMapping.CollectAreas", "AddressMapping.Validate", "ResourceManager.Intersects", "ResourceManager.IsCompatible",
    ];

    [Fact]
    public void EveryOperationHasARow()
    {
        string page = Page();
        IEnumerable<string> missing = s_types.SelectMany(Operations).Distinct()
            .Where(name => !s_questions.Contains(name) && !page.Contains($"`{name}`", StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    [Fact]
    public void EveryRowNamesWhatIs()
    {
        HashSet<string> operations = [.. s_types.SelectMany(Operations)];
        foreach (Match named in Regex.Matches(Page(), "`(?<name>[A-Z][A-Za-z]+\\.[A-Z][A-Za-z]+)`", Plain))
        {
            string name = named.Groups["name"].Value;
            Assert.True(
                operations.Contains(name) || !s_types.Any(type => name.StartsWith(type.Name + ".", StringComparison.Ordinal)),
                $"The page of recordings names {name}, which is no public operation.");
        }

        foreach (Match row in Regex.Matches(Page(), @"^\|[^|]*\|(?<kinds>[^|]*)\|$", Plain | RegexOptions.Multiline))
        {
            foreach (Match kind in Regex.Matches(row.Groups["kinds"].Value, "`(?<kind>[A-Za-z]+)`", Plain))
            {
                bool isKind = Enum.TryParse(kind.Groups["kind"].Value, out DeviceEventKind _);
                Assert.True(isKind, $"The page of recordings names {kind.Groups["kind"].Value}, which no device tells.");
            }
        }
    }

    private static string Page()
    {
        string page = File.ReadAllText(Path.Combine(Source.Root, "src/GpuMm.Traces/README.md"));
        return page[page.IndexOf("## What a device is asked", StringComparison.Ordinal)..page.IndexOf("## Invariants", StringComparison.Ordinal)];
    }

    private static IEnumerable<string> Operations(Type type)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<string> methods = type.GetMethods(Public).Where(static method => !method.IsSpecialName && method.Name != nameof(ToString)).Select(static method => method.Name);
        IEnumerable<string> settable = type.GetProperties(Public)
            .Where(static property => property.SetMethod is { IsPublic: true } setter && !setter.ReturnParameter.GetRequiredCustomModifiers().Any(static each => each.Name == "IsExternalInit"))
            .Select(static property => property.Name);
        return methods.Concat(settable).Select(name => $"{type.Name}.{name}");
    }
}
