using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.PropertyTests.Paging;

/// <summary>Page table, area tree and address space beside models that are obviously right.</summary>
public sealed class PagingModelTests(ITestOutputHelper output)
{
    private static readonly Gen<PagingCall> s_call = Gen.Select(
        Gen.Int[0, 9_999], Gen.Int[0, PagingSubject.AddressPages - 1], Gen.Int[1, 20], Gen.Int[0, PagingSubject.FilePages - 1], Gen.Byte,
        static (roll, page, count, filePage, value) => new PagingCall(roll, page, count, filePage, value));

    private static readonly Gen<(int Kind, int At, int Count, int Frame)[]> s_tableCalls =
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 1100], Gen.Int[1, 600], Gen.Int[0, 1000]).Array[1, 60];

    private static readonly Gen<(int Kind, int First, int Count)[]> s_treeCalls =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 60], Gen.Int[1, 20]).Array[1, 120];

    [Theory]
    [InlineData(4096ul, 700)]
    [InlineData(16384ul, 150)]
    [InlineData(65536ul, 150)]
    public void ProgramsOfMapUnmapRemapProtectMoveAndTouchShowEveryByteAsTheModelSays(ulong pageBytes, int programs)
    {
        s_call.Array[1, 60].Sample(
            calls =>
            {
                using PagingSubject subject = new(pageBytes);
                foreach (PagingCall call in calls)
                {
                    Assert.Null(subject.Apply(call));
                }

                return subject.LastOperation;
            },
            output.WriteLine,
            iter: programs * (Environment.GetEnvironmentVariable("GPUMM_DEEP") == "1" ? 20 : 1));
    }

    [Fact]
    public void ThePageTableAgreesWithADictionary()
    {
        s_tableCalls.Sample(
            static calls =>
            {
                using PhysicalMemory memory = new();
                PageTable table = new(memory);
                Dictionary<ulong, ulong> model = [];
                foreach ((int kind, int at, int count, int frame) in calls)
                {
                    Apply(table, model, kind, (ulong)at, count, (ulong)frame);
                    for (ulong page = 0; page < 2048; page++)
                    {
                        Pte pte = table.Find(page);
                        Assert.Equal(model.TryGetValue(page, out ulong expected) ? expected : null, pte.IsPresent ? pte.Frame.PageIndex : (ulong?)null);
                    }
                }
            },
            iter: 300);
    }

    [Fact]
    public void TheAreaTreeAgreesWithAList()
    {
        s_treeCalls.Sample(
            static calls =>
            {
                using PhysicalMemory memory = new();
                AddressSpace space = new(memory);
                AreaTree tree = new();
                List<VmArea> model = [];
                foreach ((int kind, int first, int count) in calls)
                {
                    PageWindow window = new((ulong)first, (ulong)count);
                    if (kind == 0 && model.Count > 0)
                    {
                        VmArea gone = model[first % model.Count];
                        tree.Remove(gone);
                        model.Remove(gone);
                    }
                    else if (kind != 1)
                    {
                        VmArea made = new(space, new AddressMapping(), null!, new VmAreaDescription(window, VmProtection.Read));
                        tree.Add(made);
                        model.Add(made);
                    }

                    Assert.Null(tree.Validate());
                    Hits hits = new() { Found = [] };
                    tree.Visit(window, ref hits);
                    Assert.Equal(
                        model.Where(area => area.Window.FirstPage < window.EndPage && area.Window.EndPage > window.FirstPage).ToHashSet(),
                        hits.Found.ToHashSet());
                    Assert.Equal(hits.Found.OrderBy(static area => area.Window.FirstPage).Select(static area => area.Window.FirstPage), hits.Found.Select(static area => area.Window.FirstPage));
                }
            },
            iter: 2_000);
    }

    // Areas of 16 file pages each belong to one owner, whose part is one of three.
    [Fact]
    public void AMappingInPartsAgreesWithAList()
    {
        s_treeCalls.Sample(
            static calls =>
            {
                using PhysicalMemory memory = new();
                memory.Add(0, MemoryBacking.Create(BackingKind.None, 64 * 4096));
                AddressSpace space = new(memory);
                AddressMapping mapping = new(partCount: 3);
                PartOperations operations = new();
                List<VmArea> model = [];
                foreach ((int kind, int first, int count) in calls)
                {
                    PageWindow window = new((ulong)first, (ulong)count);
                    List<VmArea> inWindow = [.. model.Where(area => area.Window.FirstPage < window.EndPage && area.Window.EndPage > window.FirstPage)];
                    if (kind == 0 && model.Count > 0)
                    {
                        VmArea gone = model[first % model.Count];
                        space.Unmap(gone);
                        model.Remove(gone);
                    }
                    else if (kind == 1)
                    {
                        int shown = inWindow.Sum(area => Enumerable.Range(0, (int)area.Window.PageCount).Count(i =>
                            area.Window.FirstPage + (ulong)i is ulong page && page >= window.FirstPage && page < window.EndPage &&
                            space.Translate(area.StartAddress + ((ulong)i * 4096)).IsPresent));
                        Assert.Equal(shown, mapping.Unmap(window));
                    }
                    else
                    {
                        ulong end = Math.Min(window.EndPage, (window.FirstPage | 15) + 1);
                        PageWindow own = new(window.FirstPage, end - window.FirstPage);
                        model.Add(space.Map(mapping, operations, new VmAreaDescription(own, VmProtection.Read)));
                        Assert.Equal(MmStatus.Ok, space.Read(model[^1].StartAddress, new byte[1]));
                    }

                    List<VmArea> found = [];
                    mapping.CollectAreas(window, found);
                    Assert.Equal(model.Where(area => area.Window.FirstPage < window.EndPage && area.Window.EndPage > window.FirstPage).ToHashSet(), found.ToHashSet());
                    Assert.Equal((model.Count, null), (mapping.AreaCount, mapping.Validate()));
                }
            },
            iter: 1_000);
    }

    private static void Apply(PageTable table, Dictionary<ulong, ulong> model, int kind, ulong at, int count, ulong frame)
    {
        ulong large = at & ~511ul;
        switch (kind)
        {
            case 0 or 1:
                table.Insert(at, new Pte(new FrameIndex(0, frame), Caching.Cached, true), count);
                for (ulong i = 0; i < (ulong)count; i++)
                {
                    model.TryAdd(at + i, frame + i);
                }

                break;
            case 2:
                bool isFree = !Enumerable.Range(0, 512).Any(i => model.ContainsKey(large + (ulong)i));
                Assert.Equal(isFree, table.TryInsertHuge(large, new Pte(new FrameIndex(0, 512), Caching.Cached, true), 512));
                for (ulong i = 0; isFree && i < 512; i++)
                {
                    model.Add(large + i, 512 + i);
                }

                break;
            case 4:
                ulong group = at & ~15ul;
                table.Insert(group, new Pte(new Pte(new FrameIndex(0, frame & ~15ul), Caching.Cached, true).Packed | Pte.GroupBit), 16);
                for (ulong i = 0; i < 16; i++)
                {
                    model.TryAdd(group + i, (frame & ~15ul) + i);
                }

                break;
            case 3:
                Zap(table, model, at, (ulong)count);
                break;
            default:
                table.ProtectFromWrites(large, 512);
                break;
        }
    }

    // What a run touches of a large entry or a group takes all of it: read off the table which stretch that is.
    private static void Zap(PageTable table, Dictionary<ulong, ulong> model, ulong at, ulong count)
    {
        HashSet<ulong> gone = [];
        for (ulong page = at; page < at + count; page++)
        {
            Pte pte = table.Find(page);
            ulong whole = pte.IsHuge ? 512ul : pte.IsInGroup && page >= at && (page == at || page == at + count - 1) ? 16ul : 1ul;
            gone.UnionWith(Enumerable.Range(0, (int)whole).Select(i => (page & ~(whole - 1)) + (ulong)i));
        }

        int shown = gone.Count(page => table.Find(page).IsPresent);
        Assert.Equal(shown, table.Zap(at, count));
        foreach (ulong page in gone)
        {
            model.Remove(page);
        }
    }

    private sealed class PartOperations : IVmOperations
    {
        private readonly Reservation _lock = new();

        public void Open(VmArea area)
        {
        }

        public void Close(VmArea area)
        {
        }

        int IVmOperations.PartOf(VmArea area) => (int)(area.Window.FirstPage / 16 % 3);

        public VmFaultResult Fault(ref VmFault fault)
        {
            _lock.Lock();
            fault.InsertPtes(fault.FilePage, new FrameIndex(0, 1), 1, Caching.Cached, _lock);
            _lock.Unlock();
            return VmFaultResult.NoPage;
        }
    }

    private struct Hits : IAreaVisitor
    {
        public List<VmArea> Found;

        public readonly void Visit(VmArea area, PageWindow window) => Found.Add(area);
    }
}
