using System;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

public sealed class RangeAllocatorMisuseTests
{
    private readonly RangeAllocator _mm = new(0, 100);
    private readonly RangeHandle _first;
    private readonly RangeHandle _second;

    public RangeAllocatorMisuseTests()
    {
        _mm.TryInsert(new RangeRequest(10), out _first);
        _mm.TryInsert(new RangeRequest(10), out _second);
    }

    [Fact]
    public void AFreedHandleIsRefusedAlsoAfterItsSlotIsReused()
    {
        _mm.Remove(_first);
        Refused("freed or replaced", () => _mm.Remove(_first));
        _mm.TryInsert(new RangeRequest(10), out RangeHandle again);
        Assert.NotEqual(_first, again);
        Refused("freed or replaced", () => _mm.Remove(_first));
        Refused("freed or replaced", () => _mm.GetRange(_first));
        Refused("freed or replaced", () => _mm.Replace(_first));
    }

    [Fact]
    public void TheHandleOfAnotherAllocatorIsRefused()
    {
        RangeAllocator other = new(0, 100);
        other.TryInsert(new RangeRequest(10), out RangeHandle foreign);
        Refused("another allocator", () => _mm.Remove(foreign));
        Refused("names no node", () => _mm.Remove(default));
        Refused("never made it", () => _mm.Remove(new RangeHandle(ulong.MaxValue)));
    }

    [Fact]
    public void NothingElseIsAllowedWhileNodesAreInAScan()
    {
        Assert.Equal(MmStatus.Ok, _mm.BeginScan(new RangeRequest(100)));
        Assert.False(_mm.AddBlock(_first));
        Refused("scan is under way", () => _mm.TryInsert(new RangeRequest(1), out _));
        Refused("scan is under way", () => _mm.TryInsertAt(new ByteRange(50, 1), 0, out _));
        Refused("scan is under way", () => _mm.Remove(_second));
        Refused("scan is under way", () => _mm.Replace(_second));
        Refused("scan is under way", () => _mm.Nodes());
        Refused("scan is under way", () => _mm.BeginScan(new RangeRequest(1)));
        Refused("scan is under way", () => _mm.ColorEvict());
        Refused("scan is under way", () => _mm.ColorAdjust = null);
        Refused("scan is under way", () => _mm.Takedown());
        Refused("in the scan already", () => _mm.AddBlock(_first));
        Assert.False(_mm.RemoveBlock(_first));
        Assert.Null(_mm.Validate());
    }

    [Fact]
    public void ScannedNodesAreTakenBackInReverseOrderOnly()
    {
        Refused("No eviction scan", () => _mm.AddBlock(_first));
        _mm.BeginScan(new RangeRequest(100));
        Assert.False(_mm.AddBlock(_first));
        Assert.True(_mm.AddBlock(_second));
        Refused("reverse order", () => _mm.RemoveBlock(_first));
        Assert.True(_mm.RemoveBlock(_second));
        Assert.True(_mm.RemoveBlock(_first));
        Refused("reverse order", () => _mm.RemoveBlock(_first));
        Assert.Equal(new ByteRange(0, 100), _mm.ScanHit);
    }

    [Fact]
    public void ColourEvictionBeforeTheEvictionIsRefused()
    {
        _mm.ColorAdjust = (in ColorHole _, ulong _) => default;
        _mm.BeginScan(new RangeRequest(100));
        Refused("found no place", () => _mm.ColorEvict());
        _mm.AddBlock(_first);
        _mm.AddBlock(_second);
        _mm.RemoveBlock(_second);
        _mm.RemoveBlock(_first);
        Refused("not freed yet", () => _mm.ColorEvict());
    }

    [Fact]
    public void TheColourRuleMustNotCallTheAllocator()
    {
        _mm.ColorAdjust = (in ColorHole _, ulong _) =>
        {
            _mm.Remove(_first);
            return default;
        };
        Refused("colour callback", () => _mm.TryInsert(new RangeRequest(1), out _));
        _mm.ColorAdjust = null;
        Assert.Null(_mm.Validate());
        Assert.Equal(2, _mm.NodeCount);
    }

    [Fact]
    public void AChangeDuringAWalkIsNoticed() => Refused("changed during the walk", () =>
    {
        foreach (RangeNode node in _mm.Nodes())
        {
            _mm.Remove(node.Handle);
        }
    });

    [Fact]
    public void ARangeOfNothingOrBeyond2To64IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RangeAllocator(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RangeAllocator(2, ulong.MaxValue));
    }

    private static void Refused(string reason, Action action) =>
        Assert.Contains(reason, Assert.Throws<InvalidOperationException>(action).Message, StringComparison.Ordinal);
}
