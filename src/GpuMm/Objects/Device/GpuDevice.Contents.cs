using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using GpuMm.Backing;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Comparing contents before and after they travel, where the options ask for it.</content>
public sealed partial class GpuDevice
{
    private readonly List<string> _contentProblems = []; // Lock: _registryLock

    // Lock: the object's reservation. What its stored bytes add up to where the resource says; 0 when nobody asked.
    private ulong HashContents(BufferObject target, Resource resource)
    {
        if (!Options.ChecksContents || (resource.Manager.UsesPages && target.Pages is not { HasPages: true }))
        {
            return 0;
        }

        ulong hash = target.SizeBytes;
        Span<byte> stored = stackalloc byte[(int)Pages.SizeBytes];
        for (ulong page = 0; page < Pages.Count(target.SizeBytes); page++)
        {
            FrameIndex frame = FrameOf(target, resource, page, out _);
            MemoryBacking memory = Memory[frame.MemoryIndex];
            Span<byte> bytes = stored[..memory.StoredBytesPerPage];
            memory.Read(Pages.Bytes(frame.PageIndex), bytes);
            foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            {
                hash = Prng.Mix(hash ^ word);
            }
        }

        return hash;
    }

    private void CompareContents(BufferObject target, Resource resource, ulong expected, string journey)
    {
        if (HashContents(target, resource) != expected)
        {
            using RankedLock.Scope scope = _registryLock.Enter();
            _contentProblems.Add($"The bytes of '{target.Name}' differ after {journey}.");
        }
    }
}
