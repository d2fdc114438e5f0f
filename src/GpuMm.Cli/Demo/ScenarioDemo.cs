using System;
using System.Collections.Generic;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuMm.Backing;
using GpuMm.Clients.Doorbells;
using GpuMm.Clients.Spu;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Cli.Demo;

/// <summary><c>gpumm demo --scenario</c>: clients of the fault handler that are no textures.</summary>
internal sealed class ScenarioDemo
{
    // The default escapes apostrophes; nothing here goes into HTML.
    private static readonly DemoJsonContext s_context = new(
        new JsonSerializerOptions(DemoJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly List<string> _lines = [];
    private bool _isRight = true;

    public static IReadOnlyList<string> Names { get; } = ["spu", "doorbell", "unplug"];

    public static int Run(string name, bool json)
    {
        ScenarioDemo demo = new();
        switch (name)
        {
            case "spu":
                demo.RunSpu();
                break;
            case "doorbell":
                demo.RunDoorbell();
                break;
            default:
                demo.RunUnplug();
                break;
        }

        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(
                new ScenarioDocument(1, name, demo._isRight, demo._lines), s_context.ScenarioDocument));
        }
        else
        {
            demo._lines.ForEach(Console.Out.WriteLine);
        }

        if (!demo._isRight)
        {
            Console.Error.WriteLine($"gpumm: the run failed: scenario {name} did not show what it promises.");
        }

        return demo._isRight ? ExitCode.Ok : ExitCode.Failed;
    }

    private void RunSpu()
    {
        using PhysicalMemory memory = new();
        memory.Add(0, MemoryBacking.Create(BackingKind.Bytes, 1 << 20));
        memory.Add(1, MemoryBacking.Create(BackingKind.Bytes, 1 << 20));
        SpuContext context = new(memory, new SpuFrames(new FrameIndex(1, 0), new FrameIndex(0, 16), new FrameIndex(1, 64)), new Dispatcher(Say));
        AddressSpace space = new(memory);
        VmArea store = context.MapLocalStore(space);
        VmArea problem = context.MapProblemState(space);
        Say($"A local store of 256 KiB is mapped at 0x{store.StartAddress:x}. Memory 0 is system RAM, memory 1 the processor.");
        Prng random = new(1);
        byte[] expected = new byte[SpuContext.LocalStoreBytes];
        for (int round = 1; round <= 8; round++)
        {
            for (int i = 0; i < 100; i++)
            {
                ulong at = random.Next() % SpuContext.LocalStoreBytes;
                expected[at] = (byte)(i + round);
                Check(space.Write(store.StartAddress + at, [expected[at]]) == MmStatus.Ok);
            }

            Pte entry = space.Translate(store.StartAddress);
            Say($"Round {round}: 100 stores through one pointer while {context.State}; the first page is in frame {entry.Frame}, {entry.Caching}.");
            (context.State == SpuState.Saved ? (Action)context.Run : context.Save)();
        }

        byte[] read = new byte[expected.Length];
        Check(space.Read(store.StartAddress, read) == MmStatus.Ok && read.AsSpan().SequenceEqual(expected));
        Say($"After {context.SwitchCount} switches all {read.Length} bytes are as the program wrote them.");
        context.Save();
        Check(space.Write(problem.StartAddress, [1]) == MmStatus.Ok);
        Say($"A register was written while the context was saved: the fault waited until it ran ({space.MajorFaults} retried).");
    }

    private void RunDoorbell()
    {
        using PhysicalMemory memory = new();
        memory.Add(0, MemoryBacking.Create(BackingKind.Bytes, 1 << 20));
        AddressSpaceOptions big = new() { BasePageBytes = 65536 };
        AddressSpace alice = new(memory, null, big);
        AddressSpace mallory = new(memory, null, big);
        DoorbellAdapter adapter = new();
        DoorbellQueue queue = adapter.CreateQueue(
            alice, new DoorbellQueueDescription(QueueKind.Pair, new FrameIndex(0, 5), new FrameIndex(0, 16), new FrameIndex(0, 32), 16));
        DoorbellOffset bell = new(queue.Handle, DoorbellResource.Doorbell, QueueKind.Pair);
        Say($"Queue {bell.Handle} belongs to Alice. The offset of its doorbell is the code 0x{bell.Code:x}: 25 bits handle, 2 bits part, 1 bit kind.");
        MmStatus stranger = adapter.TryMap(mallory, bell, out _);
        Check(stranger == MmStatus.InvalidArgument);
        Say($"Mallory tries to map it: {stranger}.");
        Check(adapter.TryMap(alice, bell, out VmArea? area) == MmStatus.Ok);
        Check(alice.Write(area!.StartAddress + 0xf008, [0x55]) == MmStatus.Ok);
        Pte entry = alice.Translate(area.StartAddress);
        Say($"Alice maps it with base pages of 64 KiB and rings at offset 0xf008: frame {entry.Frame}, {entry.Caching}, sub-page: {entry.IsSubPage}.");
        byte[] neighbours = new byte[64 * 1024];
        memory.Read(new FrameIndex(0, 0), 0, neighbours);
        int touched = neighbours.AsSpan().IndexOf((byte)0x55);
        Check(touched == (5 * 4096) + 8 && neighbours.AsSpan(touched + 1).IndexOf((byte)0x55) < 0);
        Say($"In the adapter the ring arrived at byte 0x{touched:x}: page 5, and in no neighbour's page.");
        Check(adapter.DestroyQueue(queue) == MmStatus.Busy);
        alice.Unmap(area);
        Check(adapter.DestroyQueue(queue) == MmStatus.Ok);
        Say("The queue could not go while it was mapped; after the unmap it went.");
    }

    private void RunUnplug()
    {
        GpuDeviceOptions options = new() { VramBytes = 16 << 20, ApertureBytes = 16 << 20, SystemBytes = 32 << 20 };
        using GpuDevice device = new(options, new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(1 << 20, "texture"), Placement.Vram, ref context, out BufferObject? texture);
        VmArea area = texture!.Map(space);
        Check(space.Write(area.StartAddress + 5000, [42]) == MmStatus.Ok);
        Say($"A texture of 1 MiB is mapped and written; page 1 is in frame {space.Translate(area.StartAddress + 4096).Frame} (memory 2 is video memory).");
        device.Unplug();
        Say($"The card is pulled out. Entry of page 1 present: {space.Translate(area.StartAddress + 4096).IsPresent}.");
        byte[] read = new byte[1 << 20];
        long before = device.Statistics.Faults;
        Check(space.Read(area.StartAddress, read) == MmStatus.Ok && read.AsSpan().IndexOfAnyExcept((byte)0) < 0);
        Say($"The program reads all of it: zeros, after {device.Statistics.Faults - before} fault. One page serves {read.Length / 4096} addresses.");
        Check(space.Write(area.StartAddress, [1]) == MmStatus.Ok);
        Say("It writes, too, and nothing crashes. The bytes go nowhere.");
        Check(device.Validate().Count == 0);
    }

    private void Say(string text) => _lines.Add(text);

    private void Check(bool isRight) => _isRight &= isRight;

    private sealed class Dispatcher(Action<string> say) : ISpuScheduler
    {
        public void WaitUntilRunning(SpuContext context)
        {
            say("A fault on the problem state waits; the dispatcher gives the context a processor.");
            context.Run();
        }
    }
}
