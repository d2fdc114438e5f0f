using System;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Vulkan.Memory;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Mirror;

/// <content>What the CPU wrote, on its way to the device.</content>
internal sealed partial class DeviceMirror
{
    private const int ChunkPages = 16;
    private const int PageBytes = 4096;

    private readonly byte[] _chunk = new byte[ChunkPages * PageBytes];
    private uint[] _dirty = new uint[256];

    /// <summary>Gives the device what the CPU changed in an object. Lock: the object's reservation.</summary>
    /// <remarks>
    /// Looks only at objects that may have changed: O(bytes) of checksums for those, and a copy of the pages that differ.
    /// </remarks>
    public void PassOn(MirrorObject mirrored)
    {
        if (!mirrored.IsTouched && mirrored.IsFilled)
        {
            return;
        }

        int dirtyCount = FindDirty(mirrored);
        if (dirtyCount > 0)
        {
            ReadOnlySpan<uint> pages = _dirty.AsSpan(0, dirtyCount);
            if (mirrored.Store.IsImage || mirrored.Store.Domain == MemoryDomain.Vram)
            {
                UploadThroughStaging(mirrored, pages);
            }
            else
            {
                Stream.Wait(mirrored.LastUse);
                ReadPages(mirrored, pages, mirrored.Store, isPacked: false);
            }

            Counters.PassedOnBytes += (long)dirtyCount * PageBytes;
        }

        mirrored.IsFilled = true;
        mirrored.IsTouched = mirrored.IsMapped;
    }

    /// <summary>Reads the CPU's bytes of some pages of an object. Lock: the object's reservation.</summary>
    /// <param name="target">The object.</param>
    /// <param name="firstPage">First page.</param>
    /// <param name="into">Whole pages. Zeroes where the object has no pages yet.</param>
    public static void ReadCpu(BufferObject? target, uint firstPage, Span<byte> into)
    {
        if (target is null)
        {
            into.Clear();
            return;
        }

        ulong page = firstPage;
        while (!into.IsEmpty)
        {
            FrameIndex frame = target.FrameAt(page, out ulong runPages);
            if (runPages == 0)
            {
                into.Clear();
                return;
            }

            int bytes = (int)Math.Min((ulong)into.Length, runPages << 12);
            target.Device.Memory.Read(frame, 0, into[..bytes]);
            into = into[bytes..];
            page += (ulong)bytes >> 12;
        }
    }

    // Compares every page with what the device was given, keeps the new checksums, and lists the pages that differ.
    private int FindDirty(MirrorObject mirrored)
    {
        ulong[] sums = mirrored.Sums;
        Counters.ComparedBytes += (long)sums.Length * PageBytes;
        if (_dirty.Length < sums.Length)
        {
            _dirty = new uint[Math.Max(sums.Length, _dirty.Length * 2)];
        }

        int count = 0;
        for (int page = 0; page < sums.Length; page += ChunkPages)
        {
            int pages = Math.Min(ChunkPages, sums.Length - page);
            Span<byte> chunk = _chunk.AsSpan(0, pages * PageBytes);
            ReadCpu(mirrored.Target, (uint)page, chunk);
            for (int i = 0; i < pages; i++)
            {
                ulong sum = PageSum.Of(chunk.Slice(i * PageBytes, PageBytes));
                if (!mirrored.IsFilled || sum != sums[page + i])
                {
                    sums[page + i] = sum;
                    _dirty[count++] = (uint)(page + i);
                }
            }
        }

        return count;
    }

    private void UploadThroughStaging(MirrorObject mirrored, ReadOnlySpan<uint> pages)
    {
        Store staging = MakeStore(MemoryDomain.System, (uint)pages.Length, asImage: false);
        Span<PageRun> runs = stackalloc PageRun[CopyRecorder.MaxRuns];
        try
        {
            ReadPages(mirrored, pages, staging, isPacked: true);
            CommandBuffer commands = Stream.Commands();
            CopyRecorder.Enter(Device, commands, default, mirrored.Store, isFresh: !mirrored.IsFilled);
            int count = 0;
            for (int i = 0; i < pages.Length;)
            {
                int length = RunLength(pages[i..]);
                runs[count++] = new PageRun((uint)i, pages[i], (uint)length);
                i += length;
                if (count == runs.Length || i == pages.Length)
                {
                    CopyRecorder.CopyRuns(Device, commands, staging, mirrored.Store, runs[..count]);
                    count = 0;
                }
            }

            CopyRecorder.Leave(Device, commands, default, mirrored.Store);
            mirrored.LastUse = Stream.NextValue;
        }
        finally
        {
            Room.Retire(staging, Stream.NextValue);
        }
    }

    // Into memory that the CPU sees: page n of the object at page n, or the pages one behind the other.
    private static unsafe void ReadPages(MirrorObject mirrored, ReadOnlySpan<uint> pages, in Store into, bool isPacked)
    {
        for (int i = 0; i < pages.Length;)
        {
            int length = RunLength(pages[i..]);
            ulong at = (isPacked ? (ulong)i : pages[i]) * PageBytes;

            // Invariant: the store is mapped and holds all pages of the object, or as many as are listed.
            ReadCpu(mirrored.Target, pages[i], new Span<byte>(into.Address + at, length * PageBytes));
            i += length;
        }
    }

    private static int RunLength(ReadOnlySpan<uint> pages)
    {
        int length = 1;
        while (length < pages.Length && pages[length] == pages[length - 1] + 1)
        {
            length++;
        }

        return length;
    }
}
