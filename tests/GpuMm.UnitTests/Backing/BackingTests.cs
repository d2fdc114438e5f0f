using System;
using GpuMm.Backing;
using Xunit;

namespace GpuMm.UnitTests.Backing;

public sealed class BackingTests
{
    [Theory]
    [InlineData(BackingKind.None, 0)]
    [InlineData(BackingKind.PageHeads, 8)]
    [InlineData(BackingKind.Bytes, 4096)]
    public void ABackingKeepsWhatItSaysAndReadsTheRestAsZero(BackingKind kind, int kept)
    {
        using MemoryBacking memory = MemoryBacking.Create(kind, 4 * 4096);
        Assert.Equal(kept, memory.StoredBytesPerPage);
        byte[] written = new byte[3 * 4096];
        Array.Fill(written, (byte)7);
        memory.Write(100, written); // Starts inside a page: the head of page 0 stays zero.
        byte[] read = new byte[4 * 4096];
        memory.Read(0, read);
        for (int i = 0; i < read.Length; i++)
        {
            bool isKept = i >= 100 && i < 100 + written.Length && i % 4096 < kept;
            Assert.Equal(isKept ? 7 : 0, read[i]);
        }
    }

    [Theory]
    [InlineData(BackingKind.PageHeads)]
    [InlineData(BackingKind.Bytes)]
    public void PagesAreCopiedAndCleared(BackingKind kind)
    {
        using MemoryBacking from = MemoryBacking.Create(kind, 4 * 4096);
        using MemoryBacking to = MemoryBacking.Create(kind, 8 * 4096);
        from.Write(4096, [1, 2, 3]);
        from.CopyTo(4096, to, 5 * 4096, 2 * 4096);
        byte[] read = new byte[3];
        to.Read(5 * 4096, read);
        Assert.Equal([1, 2, 3], read);
        to.Clear(5 * 4096, 4096);
        to.Read(5 * 4096, read);
        Assert.Equal([0, 0, 0], read);
    }

    [Theory]
    [InlineData(BackingKind.None)]
    [InlineData(BackingKind.PageHeads)]
    [InlineData(BackingKind.Bytes)]
    public void NothingOutsideTheMemoryCanBeTouched(BackingKind kind)
    {
        using MemoryBacking memory = MemoryBacking.Create(kind, 4096);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Read(4096, new byte[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Write(4095, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Clear(ulong.MaxValue - 10, 4096));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.CopyTo(0, memory, 1, 4096));
        memory.Read(4096, []);
    }

    [Fact]
    public void AMemoryIsWholePages()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryBacking.Create(BackingKind.Bytes, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryBacking.Create(BackingKind.Bytes, 4097));
    }

    [Fact]
    public void KindsAreNotMixedAndDisposedMemoryIsNotTouched()
    {
        MemoryBacking bytes = MemoryBacking.Create(BackingKind.Bytes, 4096);
        using MemoryBacking heads = MemoryBacking.Create(BackingKind.PageHeads, 4096);
        Assert.Throws<ArgumentException>(() => bytes.CopyTo(0, heads, 0, 4096));
        bytes.Dispose();
        Assert.Throws<ObjectDisposedException>(() => bytes.Read(0, new byte[1]));
    }
}
