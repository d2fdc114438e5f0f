using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Clients.Spu;

/// <summary>
/// A context of a synergistic processor: a local store of 256 KiB that is on the processor while it runs and in system
/// memory while it does not. A program maps it once and never notices the switches.
/// </summary>
/// <remarks>
/// Lock: <see cref="StateLock"/> guards the state and is what the fault handlers insert under; a switch revokes under it
/// before it copies. Safe for concurrent use. Source: spufs (file.c, switch.c), behaviour only.
/// </remarks>
public sealed class SpuContext
{
    /// <summary>Size of the local store, bytes.</summary>
    public const ulong LocalStoreBytes = 256 << 10;

    /// <summary>Size of the problem-state area, bytes.</summary>
    public const ulong ProblemStateBytes = 64 << 10;

    internal const ulong FirstProblemPage = LocalStoreBytes >> Pages.Shift;

    private readonly PhysicalMemory _memory;
    private readonly ISpuScheduler _scheduler;
    private readonly IVmOperations _localStore;
    private readonly IVmOperations _problemState;

    /// <summary>A saved context whose local store is what the copy holds.</summary>
    /// <param name="memory">The memories that the frames are in.</param>
    /// <param name="frames">Where its parts are.</param>
    /// <param name="scheduler">Who gives it a processor.</param>
    /// <exception cref="ArgumentException">A part does not start at a multiple of 64 KiB.</exception>
    public SpuContext(PhysicalMemory memory, SpuFrames frames, ISpuScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(scheduler);
        if (((frames.LocalStore.PageIndex | frames.SavedCopy.PageIndex | frames.ProblemState.PageIndex) & 15) != 0)
        {
            throw new ArgumentException("Each part starts at a multiple of 64 KiB.", nameof(frames));
        }

        _memory = memory;
        _scheduler = scheduler;
        Frames = frames;
        _localStore = new SpuLocalStoreOperations(this);
        _problemState = new SpuProblemStateOperations(this);
    }

    /// <summary>Where its parts are.</summary>
    public SpuFrames Frames { get; }

    /// <summary>Guards the state; held by switches and while entries are inserted.</summary>
    public Reservation StateLock { get; } = new();

    /// <summary>Where it is. Lock: <see cref="StateLock"/>, or it may change at once.</summary>
    public SpuState State { get; private set; }

    /// <summary>Switches so far, both ways.</summary>
    public int SwitchCount { get; private set; }

    /// <summary>Its device file: the local store, then the problem state.</summary>
    public AddressMapping Mapping { get; } = new();

    /// <summary>Maps the local store.</summary>
    /// <param name="space">The program's addresses.</param>
    /// <param name="fixedAddress">Where, a multiple of 64 KiB; null leaves it to the address space.</param>
    /// <returns>The area.</returns>
    /// <exception cref="ArgumentException">The address is no multiple of 64 KiB.</exception>
    /// <exception cref="InvalidOperationException">The address is taken.</exception>
    public VmArea MapLocalStore(AddressSpace space, ulong? fixedAddress = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        PageWindow window = new(0, FirstProblemPage);
        return space.Map(
            Mapping, _localStore, new VmAreaDescription(window, VmProtection.ReadWrite, this) { FixedAddress = fixedAddress });
    }

    /// <summary>Maps the problem state.</summary>
    /// <param name="space">The program's addresses.</param>
    /// <param name="fixedAddress">As for <see cref="MapLocalStore"/>.</param>
    /// <returns>The area.</returns>
    /// <exception cref="ArgumentException">The address is no multiple of 64 KiB.</exception>
    /// <exception cref="InvalidOperationException">The address is taken.</exception>
    public VmArea MapProblemState(AddressSpace space, ulong? fixedAddress = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        PageWindow window = new(FirstProblemPage, ProblemStateBytes >> Pages.Shift);
        return space.Map(
            Mapping, _problemState, new VmAreaDescription(window, VmProtection.ReadWrite, this) { FixedAddress = fixedAddress });
    }

    /// <summary>Puts the context on its processor. Does nothing when it is there.</summary>
    public void Run() => Switch(SpuState.Running);

    /// <summary>Takes the context off its processor. Does nothing when it is saved.</summary>
    public void Save() => Switch(SpuState.Saved);

    /// <summary>The planted mistake that tests must find: the copy before the revocation.</summary>
    internal void Run(bool isCopyingFirst) => Switch(SpuState.Running, isCopyingFirst);

    /// <summary>Where the local store is. Lock: <see cref="StateLock"/>.</summary>
    internal FrameIndex LocalStoreNow => State == SpuState.Running ? Frames.LocalStore : Frames.SavedCopy;

    /// <summary>Shared mappings only, and both ends of address and offset at multiples of 64 KiB.</summary>
    internal static MmStatus CheckMap(in VmAreaDescription description)
    {
        ulong ends = description.Window.FirstPage | description.Window.PageCount | ((description.FixedAddress ?? 0) >> Pages.Shift);
        return description.IsPrivate || ends % 16 != 0 ? MmStatus.InvalidArgument : MmStatus.Ok;
    }

    /// <summary>Reads or writes the local store where it is. Lock: <see cref="StateLock"/>.</summary>
    internal MmStatus Access(VmArea area, ulong offsetBytes, Span<byte> bytes, AccessKind kind)
    {
        while (!bytes.IsEmpty)
        {
            ulong page = area.FilePageAt(area.StartAddress + offsetBytes);
            if (page >= FirstProblemPage)
            {
                return MmStatus.BusError;
            }

            ulong inPage = offsetBytes % Pages.SizeBytes;
            int count = (int)Math.Min((ulong)bytes.Length, Pages.SizeBytes - inPage);
            FrameIndex frame = new(LocalStoreNow.MemoryIndex, LocalStoreNow.PageIndex + page);
            if (kind == AccessKind.Write)
            {
                _memory.Write(frame, inPage, bytes[..count]);
            }
            else
            {
                _memory.Read(frame, inPage, bytes[..count]);
            }

            bytes = bytes[count..];
            offsetBytes += (ulong)count;
        }

        return MmStatus.Ok;
    }

    internal void WaitUntilRunning() => _scheduler.WaitUntilRunning(this);

    private void Switch(SpuState next, bool isCopyingFirst = false)
    {
        StateLock.Lock();
        try
        {
            if (State == next)
            {
                return;
            }

            // Revoke first, then copy: a store between the two would be lost.
            if (!isCopyingFirst)
            {
                Revoke();
            }

            Copy(next);
            if (isCopyingFirst)
            {
                Revoke();
            }

            State = next;
            SwitchCount++;
        }
        finally
        {
            StateLock.Unlock();
        }
    }

    private void Revoke() => Mapping.Unmap(new PageWindow(0, (LocalStoreBytes + ProblemStateBytes) >> Pages.Shift));

    private void Copy(SpuState next)
    {
        (FrameIndex from, FrameIndex to) = next == SpuState.Running
            ? (Frames.SavedCopy, Frames.LocalStore)
            : (Frames.LocalStore, Frames.SavedCopy);
        _memory[from.MemoryIndex].CopyTo(
            Pages.Bytes(from.PageIndex), _memory[to.MemoryIndex], Pages.Bytes(to.PageIndex), LocalStoreBytes);
    }
}
