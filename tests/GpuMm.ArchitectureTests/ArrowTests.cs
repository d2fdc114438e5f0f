using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace GpuMm.ArchitectureTests;

/// <summary>Who may use whom. Arrows point down only: between projects, and between the rooms of the core.</summary>
public sealed partial class ArrowTests
{
    // What each project of src may reference. A project that is not listed is a decision that nobody has made yet.
    private static readonly Dictionary<string, string[]> s_projects = new(StringComparer.Ordinal)
    {
        ["GpuMm"] = [],
        ["GpuMm.Simulation"] = ["GpuMm"],
        ["GpuMm.Traces"] = ["GpuMm"],
        ["GpuMm.Vulkan"] = ["GpuMm", "GpuMm.Simulation"],
        ["GpuMm.Lab"] = ["GpuMm", "GpuMm.Simulation", "GpuMm.Traces"],
        ["GpuMm.Hosting"] = ["GpuMm", "GpuMm.Simulation", "GpuMm.Traces"],
        ["GpuMm.Client"] = [],
        ["GpuMm.RenderLoop"] = ["GpuMm.Simulation", "GpuMm.Traces", "GpuMm.Vulkan"],
        ["GpuMm.Dashboard"] = ["GpuMm.Hosting", "GpuMm.Lab", "GpuMm.RenderLoop"],
        ["GpuMm.Cli"] = ["GpuMm.RenderLoop", "GpuMm.Lab", "GpuMm.Traces", "GpuMm.Vulkan", "GpuMm.Dashboard", "GpuMm.Client"],
    };

    // The rooms of the core, lowest first. Diagnostics holds the words in which the others tell what they do, so it lies low.
    private static readonly Dictionary<string, int> s_rooms = new(StringComparer.Ordinal)
    {
        ["Primitives"] = 0,
        ["Ranges"] = 1,
        ["Diagnostics"] = 1,
        ["Backing"] = 1,
        ["Fences"] = 1,
        ["Eviction"] = 2,
        ["Paging"] = 2,
        ["Clients"] = 3,
        ["Objects"] = 3,
    };

    [Fact]
    public void ProjectsReferenceOnlyWhatLiesBelow()
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Source.Root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            Assert.True(s_projects.ContainsKey(name), $"{name} has no place in the picture of the house yet.");
            IEnumerable<string> references = XDocument.Load(path).Descendants("ProjectReference")
                .Select(static item => Path.GetFileNameWithoutExtension(item.Attribute("Include")!.Value.Replace('\\', '/')));
            Assert.All(references, reference => Assert.Contains(reference, s_projects[name]));
        }
    }

    [Fact]
    public void TheCoreDependsOnTheBaseClassLibraryAlone()
    {
        XDocument project = XDocument.Load(Path.Combine(Source.Root, "src/GpuMm/GpuMm.csproj"));
        Assert.Empty(project.Descendants("PackageReference"));
        Assert.All(
            typeof(MmStatus).Assembly.GetReferencedAssemblies(),
            static name => Assert.StartsWith("System.", name.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void RoomsOfTheCoreUseOnlyRoomsBelow()
    {
        List<string> upward = [];
        foreach (string path in Source.CodeFiles("src/GpuMm"))
        {
            string room = Source.Relative(path).Split('/')[2];
            if (!s_rooms.TryGetValue(room, out int level))
            {
                Assert.EndsWith(".cs", room, StringComparison.Ordinal); // A file of the root namespace.
                continue;
            }

            foreach (Match match in UsingRoom().Matches(File.ReadAllText(path)))
            {
                string used = match.Groups["room"].Value;
                if (used != room && s_rooms[used] >= level)
                {
                    upward.Add($"{Source.Relative(path)} uses {used}");
                }
            }
        }

        Assert.Empty(upward);
    }

    [Fact]
    public void TheRangesRoomUsesNothingButItself()
    {
        Assert.All(
            Source.CodeFiles("src/GpuMm/Ranges"),
            static path => Assert.DoesNotContain("using GpuMm.", File.ReadAllText(path), StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^using GpuMm\.(?<room>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UsingRoom();
}
