using System.IO;
using System.Linq;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests;

public sealed class ReadmeTests
{
    [Fact]
    public void TheExampleOfTheReadmeWorks()
    {
        // readme: begin
        GpuDeviceOptions options = new() { VramBytes = 64ul << 20, ApertureBytes = 64ul << 20, SystemBytes = 256ul << 20 };
        using GpuDevice device = new(options, new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(4ul << 20, "albedo"), Placement.System, ref context, out BufferObject? texture);
        VmArea area = texture!.Map(space);
        space.Write(area.StartAddress, [1, 2, 3]);
        texture.Reserve();
        MmStatus status = texture.Validate(Placement.Vram, ref context);
        texture.Unreserve();
        byte[] read = new byte[3];
        space.Read(area.StartAddress, read);

        // readme: end
        Assert.Equal(MmStatus.Ok, status);
        Assert.Equal([1, 2, 3], read);
        Assert.Equal(MemoryDomain.Vram, texture.Resource!.Domain);
    }

    [Fact]
    public void TheReadmeShowsTheExampleAsItIsTested()
    {
        string[] readme = File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));
        string[] shown = [.. readme.SkipWhile(static line => line != "```csharp").Skip(1).TakeWhile(static line => line != "```").Select(WithoutComment)];
        string[] tested = [.. File.ReadAllLines(Path.Combine(Repository.Root, "tests/GpuMm.UnitTests/ReadmeTests.cs")).Select(WithoutIndent)
            .SkipWhile(static line => line != "// readme: begin").Skip(1).TakeWhile(static line => line.Length != 0)];
        Assert.Equal(tested, shown);
        Assert.InRange(shown.Length, 1, 15);
    }

    private static string WithoutComment(string line) => line.Split("  //")[0].TrimEnd();

    private static string WithoutIndent(string line) => line.Trim();
}
