using System;
using System.Globalization;
using GpuMm.Vulkan.Memory;

namespace GpuMm.Vulkan.Mirror;

/// <content>Checks: mirror against model.</content>
internal sealed partial class DeviceMirror
{
    private ulong[] _deviceSums = new ulong[256];

    /// <summary>Has a shader checksum an object where it lies now, and compares each page with the CPU's checksum.</summary>
    /// <param name="mirrored">The object; it has memory.</param>
    /// <returns>Null when all pages agree; else a sentence about the first that does not.</returns>
    /// <remarks>Waits for the device.</remarks>
    public string? CheckByShader(MirrorObject mirrored)
    {
        PassOn(mirrored);
        ReadOnlySpan<ulong> onDevice = SumsByShader(mirrored);
        Counters.ChecksumCount++;
        Counters.ChecksumBytes += (long)mirrored.Store.SizeBytes;
        ReadOnlySpan<ulong> expected = mirrored.Sums;
        int same = onDevice.CommonPrefixLength(expected);
        return same == expected.Length ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"page {same} of '{mirrored.Name}' (object {mirrored.Id}, in {mirrored.Store.Domain}) is stale on the device: its checksum is {onDevice[same]:x16}, the CPU's is {expected[same]:x16}");
    }

    /// <summary>The device's checksum of each page of an object. Waits for the device.</summary>
    public ReadOnlySpan<ulong> SumsByShader(MirrorObject mirrored)
    {
        int pages = mirrored.Sums.Length;
        if (_deviceSums.Length < pages)
        {
            _deviceSums = new ulong[Math.Max(pages, _deviceSums.Length * 2)];
        }

        Stream.Wait(mirrored.LastUse);
        _checksums.Run(mirrored.Store, _deviceSums.AsSpan(0, pages));
        return _deviceSums.AsSpan(0, pages);
    }

    /// <summary>Copies an object's bytes back from the device. Waits for it.</summary>
    /// <param name="mirrored">The object; it has memory.</param>
    /// <param name="into">As large as the object.</param>
    public unsafe void ReadBack(MirrorObject mirrored, Span<byte> into)
    {
        Store staging = MakeStore(MemoryDomain.System, mirrored.Store.PageCount, asImage: false);
        Silk.NET.Vulkan.CommandBuffer commands = Stream.Commands();
        CopyRecorder.Enter(Device, commands, mirrored.Store, staging, isFresh: true);
        CopyRecorder.Copy(Device, commands, mirrored.Store, staging);
        CopyRecorder.Leave(Device, commands, mirrored.Store, staging);
        ulong value = Stream.NextValue;
        Stream.Wait(value);

        // Invariant: the staging store is mapped and holds as many pages as the object.
        new Span<byte>(staging.Address, into.Length).CopyTo(into);
        Room.Retire(staging, value);
        Room.Collect(Stream.DoneValue);
    }

    /// <summary>Compares the mirror with the model: every object in the domain where the manager has it, and nothing else.</summary>
    /// <returns>Null when they agree; else the first difference.</returns>
    public string? Difference()
    {
        Span<ulong> bytes = [_checksums.HeldBytes, 0, 0];
        foreach (MirrorObject mirrored in _objects.Values)
        {
            MemoryDomain? mirror = mirrored.Store.Exists ? mirrored.Store.Domain : null;
            if (mirrored.Target is { } target && target.Resource?.Domain is var model && model != mirror)
            {
                return $"'{mirrored.Name}' (object {mirrored.Id}) is in {Name(model)} for the manager and in {Name(mirror)} on the device";
            }

            if (mirror is { } domain)
            {
                bytes[(int)domain] += mirrored.Store.Piece.Range.SizeBytes;
            }
        }

        for (int i = 0; i < 3; i++)
        {
            DomainPool pool = Room.Pool((MemoryDomain)i);
            if (pool.Validate() is { } problem)
            {
                return problem;
            }

            ulong usedBytes = pool.UsedBytes - Room.ParkedBytes(pool.Domain);
            if (Room.WaitingCount == 0 && usedBytes != bytes[i])
            {
                return string.Create(CultureInfo.InvariantCulture, $"{pool.Domain}: objects hold {bytes[i]} bytes on the device, the pool gave out {usedBytes}");
            }
        }

        return null;
    }

    private static string Name(MemoryDomain? domain) => domain is { } known ? known.ToString() : "no domain";
}
