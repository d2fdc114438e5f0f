using GpuMm.Backing;
using GpuMm.Clients.Legacy;
using GpuMm.Fences;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.UnitTests.Clients;

/// <summary>The three old contracts on top of the one.</summary>
public sealed class LegacyTests
{
    [Fact]
    public void NopageAsksAgainWhenSomethingWasRevokedMeanwhile()
    {
        using PhysicalMemory memory = Memory();
        AddressMapping mapping = new();
        MovesOnce handler = new(mapping);
        VmArea area = Map(memory, mapping, new NoPageAdapter(handler));
        Assert.Equal(MmStatus.Ok, area.Space.Read(area.StartAddress, new byte[1]));
        Assert.Equal(2, handler.Calls);
        Assert.Equal(2ul, area.Space.Translate(area.StartAddress).Frame.PageIndex);
    }

    [Fact]
    public void NopfnInstallsWhateverItWasTold()
    {
        using PhysicalMemory memory = Memory();
        AddressMapping mapping = new();
        MovesOnce handler = new(mapping);
        VmArea area = Map(memory, mapping, new NoPfnAdapter(handler));
        Assert.Equal(MmStatus.Ok, area.Space.Read(area.StartAddress, new byte[1]));
        Assert.Equal(1, handler.Calls);
        Assert.Equal(1ul, area.Space.Translate(area.StartAddress).Frame.PageIndex); // The stale entry of its race.
    }

    [Fact]
    public void NopfnThatInsertsUnderItsLockAnswersRefault()
    {
        using PhysicalMemory memory = Memory();
        VmArea area = Map(memory, new AddressMapping(), new NoPfnAdapter(new Inserts()));
        Assert.Equal(MmStatus.Ok, area.Space.Write(area.StartAddress, [1]));
        Assert.Equal(3ul, area.Space.Translate(area.StartAddress).Frame.PageIndex);
    }

    [Theory]
    [InlineData(MmStatus.Ok, MmStatus.Ok)]
    [InlineData(MmStatus.OutOfMemory, MmStatus.OutOfMemory)]
    [InlineData(MmStatus.NoSpace, MmStatus.BusError)]
    public void PopulateAnswersMajorOrAnError(MmStatus answer, MmStatus status)
    {
        using PhysicalMemory memory = Memory();
        VmArea area = Map(memory, new AddressMapping(), new PopulateAdapter(new Inserts { Answer = answer }));
        Assert.Equal(status, area.Space.Read(area.StartAddress, new byte[1]));
        Assert.Equal(answer == MmStatus.Ok ? 1 : 0, area.Space.MajorFaults);
    }

    [Theory]
    [InlineData(LegacyAnswer.SigBus, MmStatus.BusError)]
    [InlineData(LegacyAnswer.OutOfMemory, MmStatus.OutOfMemory)]
    public void ErrorsComeThrough(LegacyAnswer answer, MmStatus status)
    {
        using PhysicalMemory memory = Memory();
        AddressMapping mapping = new();
        VmArea page = Map(memory, mapping, new NoPageAdapter(new MovesOnce(mapping) { Answer = answer }));
        Assert.Equal(status, page.Space.Read(page.StartAddress, new byte[1]));
        VmArea pfn = Map(memory, mapping, new NoPfnAdapter(new MovesOnce(mapping) { Answer = answer }));
        Assert.Equal(status, pfn.Space.Read(pfn.StartAddress, new byte[1]));
    }

    private static PhysicalMemory Memory()
    {
        PhysicalMemory memory = new();
        memory.Add(0, MemoryBacking.Create(BackingKind.Bytes, 16 * 4096));
        return memory;
    }

    private static VmArea Map(PhysicalMemory memory, AddressMapping mapping, IVmOperations operations) =>
        new AddressSpace(memory).Map(mapping, operations, new VmAreaDescription(new PageWindow(0, 4), VmProtection.ReadWrite));

    // Reads its place, frame 1, and is moved to frame 2 before the core can install anything.
    private sealed class MovesOnce(AddressMapping mapping) : ILegacyNoPage, ILegacyNoPfn
    {
        public int Calls { get; private set; }

        public LegacyAnswer Answer { get; init; }

        public LegacyAnswer NoPage(VmArea area, ulong address, out FrameIndex frame)
        {
            frame = new FrameIndex(0, (ulong)++Calls);
            if (Calls == 1)
            {
                mapping.Unmap(area.Window);
            }

            return Answer;
        }

        public LegacyAnswer NoPfn(ref VmFault fault, out FrameIndex frame) => NoPage(fault.Area, fault.PageAddress, out frame);
    }

    private sealed class Inserts : ILegacyNoPfn, ILegacyPopulate
    {
        private readonly Reservation _lock = new();

        public MmStatus Answer { get; init; }

        public LegacyAnswer NoPfn(ref VmFault fault, out FrameIndex frame)
        {
            frame = default;
            Populate(ref fault, 4096, fault.FilePage, isNonBlocking: false);
            return LegacyAnswer.Refault;
        }

        public MmStatus Populate(ref VmFault fault, ulong sizeBytes, ulong filePage, bool isNonBlocking)
        {
            if (Answer == MmStatus.Ok)
            {
                _lock.Lock();
                fault.InsertPtes(filePage, new FrameIndex(0, filePage + 3), 1, Caching.Cached, _lock);
                _lock.Unlock();
            }

            return Answer;
        }
    }
}
