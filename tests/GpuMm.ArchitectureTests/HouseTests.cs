using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace GpuMm.ArchitectureTests;

/// <summary>How the house is kept.</summary>
public sealed class HouseTests
{
    private const int MaxLines = 400;

    private static readonly string[] s_topLevel =
    [
        ".ci", ".editorconfig", ".gitattributes", ".gitignore", "Directory.Build.props", "Directory.Packages.props",
        "GpuMm.sln", "LICENSE", "README.md", "bench", "global.json", "shaders", "src", "tests",
    ];

    [Fact]
    public void NoFileIsTooLongToReadInOneSitting()
    {
        Assert.All(
            Source.CodeFiles("src").Concat(Source.CodeFiles("tests")).Concat(Source.CodeFiles("bench")),
            static path => Assert.True(File.ReadLines(path).Count() <= MaxLines, $"{Source.Relative(path)} has over {MaxLines} lines."));
    }

    [Fact]
    public void UnsafeCodeLivesInBackingAndVulkanOnly()
    {
        Assert.All(
            Source.CodeFiles("src").Where(static path => Regex.IsMatch(File.ReadAllText(path), @"\bunsafe\b", RegexOptions.None, TimeSpan.FromSeconds(1))),
            static path => Assert.Contains(
                (string[])["src/GpuMm/Backing/", "src/GpuMm.Vulkan/"],
                room => Source.Relative(path).StartsWith(room, StringComparison.Ordinal)));
    }

    [Fact]
    public void ClassesAreSealedUnlessTheyAreMadeToBeDerivedFrom()
    {
        Type[] open =
        [
            .. typeof(MmStatus).Assembly.GetTypes()
                .Where(static type => type is { IsClass: true, IsSealed: false, IsAbstract: false })
                .Where(static type => !type.Name.Contains('<', StringComparison.Ordinal)),
        ];

        // A driver of one's own begins with the inline one; a buffer object is its own reservation, and its extra the side of that.
        Assert.Equal(["InlineDriver", "Reservation", "ReservationSide"], open.Select(static type => type.Name).Order());
    }

    [Fact]
    public void TheCoreHasNoMutableStatics()
    {
        IEnumerable<string> mutable = typeof(MmStatus).Assembly.GetTypes()
            .SelectMany(static type => type.GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic))
            .Where(static field => field is { IsInitOnly: false, IsLiteral: false } && !field.Name.Contains('<', StringComparison.Ordinal))
            .Select(static field => $"{field.DeclaringType!.Name}.{field.Name}");

        // The age of sets of locks, which may span devices; the debug record of held ranks, one per
        // thread; and the generation of range handles, so that a handle of one allocator means nothing to another.
        Assert.All(mutable, static name => Assert.Contains(name, (string[])["AcquireContext.s_lastStamp", "LockOrder.s_stack", "AllocatorIdentity.s_created"]));
    }

    [Fact]
    public void EachProjectTellsWhatItIsFor()
    {
        Assert.All(
            Directory.EnumerateFiles(Source.Root, "*.csproj", SearchOption.AllDirectories).Where(Source.IsOurs),
            static path => Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "README.md")), $"{Source.Relative(path)} has no README.md beside it."));
    }

    [Fact]
    public void OnlyWhatToolsLookForLiesAtTheTop()
    {
        string[] ignored = [".git", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", "shared"];
        Assert.All(
            Directory.EnumerateFileSystemEntries(Source.Root).Select(static path => Path.GetFileName(path)!).Where(name => !ignored.Contains(name)),
            static name => Assert.Contains(name, s_topLevel));
    }
}
