using System;
using System.Linq;
using GpuMm.Eviction;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Eviction;

/// <summary>The rules around the order, and the registry.</summary>
public sealed class PolicyRuleTests
{
    [Theory]
    [InlineData("lru", "touched")]
    [InlineData("lru-touch", "other")]
    public void ACpuTouchMakesAnObjectYoungerOnlyWhereThePolicySaysSo(string policy, string victim)
    {
        using TestDevice test = new(vramPages: 4, policy: policy);
        BufferObject touched = test.Create(2, Placement.Vram, "touched");
        BufferObject other = test.Create(2, Placement.Vram, "other");
        VmArea area = touched.Map(test.Space);
        test.Space.Write(area.StartAddress, [1]);
        test.Create(2, Placement.Vram, "evictor");
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(victim == "touched" ? touched : other));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(victim == "touched" ? other : touched));
    }

    [Fact]
    public void NobodyEvictsAHigherPriorityUnderThePriorityPolicy()
    {
        using TestDevice plain = new(vramPages: 4);
        BufferObject first = plain.Create(4, Placement.Vram, priority: 2);
        plain.Create(4, Placement.VramThenGtt, priority: 1);
        Assert.Equal(MemoryDomain.Gtt, plain.DomainOf(first));

        using TestDevice test = new(vramPages: 4, policy: "priority");
        BufferObject important = test.Create(4, Placement.Vram, priority: 2);
        BufferObject minor = test.Create(4, Placement.VramThenGtt, priority: 1);
        BufferObject equal = test.Create(4, Placement.VramThenGtt, priority: 2);
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(minor));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(equal));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(important));
    }

    [Theory]
    [InlineData("amdgpu-always", ulong.MaxValue, false, MemoryDomain.Vram)]
    [InlineData("amdgpu-budget", ulong.MaxValue, false, MemoryDomain.Vram)]
    [InlineData("amdgpu-budget", 0, false, MemoryDomain.Gtt)]
    [InlineData("amdgpu-stay", ulong.MaxValue, false, MemoryDomain.Gtt)]
    [InlineData("amdgpu-protected", ulong.MaxValue, false, MemoryDomain.Gtt)]
    [InlineData("amdgpu-protected", ulong.MaxValue, true, MemoryDomain.Vram)]
    public void AnEvictedObjectComesBackAsTheRuleSays(string policy, ulong availableBytes, bool isProtected, MemoryDomain expected)
    {
        using TestDevice test = new(vramPages: 4, policy: policy);
        BufferObject fallen = test.Create(4, Placement.Vram);
        BufferObject evictor = test.Create(4, Placement.Vram);
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(fallen));
        Use(test, fallen, availableBytes, isProtected);
        Assert.Equal(expected, test.DomainOf(fallen));
        test.AssertValid();

        // With room there is no reason to stay away.
        test.Place(evictor, Placement.System);
        Use(test, fallen, ulong.MaxValue, isProtected);
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(fallen));
    }

    [Fact]
    public void UnknownAndUnusablePolicyNamesAreRefusedWithTheNamesThatThereAre()
    {
        ArgumentException unknown = Assert.Throws<ArgumentException>(static () => new TestDevice(policy: "lirs"));
        Assert.Contains("There is no eviction policy 'lirs'; there are lru, lru-touch,", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(static () => EvictionPolicies.Register<SievePolicy>("My Policy", "spaces"));
        Assert.Throws<ArgumentException>(static () => EvictionPolicies.Register<SievePolicy>("sieve", "taken"));
        Assert.False(EvictionPolicies.TryCreate(null, out _));
        Assert.True(EvictionPolicies.TryCreate("SIEVE", out EvictionPolicy? found));
        Assert.Equal("sieve", found.Name);
    }

    [Fact]
    public void APolicyOfOnesOwnRanksInADevice()
    {
        EvictionPolicies.Register<QueuePolicy<ClockRule>>($"own-{Guid.NewGuid():N}", "a test's own");
        string name = EvictionPolicies.All.Last(static policy => policy.Name.StartsWith("own-", StringComparison.Ordinal)).Name;
        using TestDevice test = new(vramPages: 4, policy: name);
        BufferObject[] objects = [.. Enumerable.Range(0, 6).Select(_ => test.Create(1, Placement.System))];
        for (int i = 0; i < 30; i++)
        {
            test.Place(objects[i % 6], Placement.Vram);
            test.AssertValid();
        }

        Assert.Equal(name, test.Device.Policy.Name);
        Assert.True(test.Device.Statistics.Evictions > 10);
    }

    private static void Use(TestDevice test, BufferObject target, ulong availableBytes, bool isProtected)
    {
        OperationContext context = default;
        target.Reserve();
        Placement wish = test.Device.PlacementForUse(
            target, Placement.Vram, Placement.VramThenGtt, availableBytes, context.BytesMoved, isProtected);
        MmStatus status = target.Validate(wish, ref context);
        target.Unreserve();
        Assert.Equal(MmStatus.Ok, status);
    }
}
