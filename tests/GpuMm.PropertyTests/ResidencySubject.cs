using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.TestKit;

namespace GpuMm.PropertyTests;

/// <summary>The device under test, driven by the same calls as the model.</summary>
public sealed class ResidencySubject : IDisposable
{
    public const int Slots = 9;
    public const int ObjectPages = 3;
    public const int ObjectBytes = ObjectPages * 4096;
    private static readonly MemoryDomain[] s_domains = [MemoryDomain.System, MemoryDomain.Gtt, MemoryDomain.Vram];

    private readonly BufferObject?[] _objects = new BufferObject?[Slots];
    private readonly VmArea?[] _areas = new VmArea?[Slots];
    private readonly List<string> _journal = [];
    private readonly TestDevice _test;
    private readonly EventLedger _ledger = new();

    public ResidencySubject(int vramObjects, int apertureObjects, int[] weights)
    {
        _test = new TestDevice((ulong)(vramObjects * ObjectPages), (ulong)(apertureObjects * ObjectPages), systemPages: 256);
        _test.Device.AddObserver(_ledger);
        Weights = weights;
    }

    public int[] Weights { get; }

    public MmStatus LastStatus { get; private set; }

    public static MemoryDomain Domain(int choice) => s_domains[choice % s_domains.Length];

    /// <summary>Picks an operation by the weights: create, destroy, place, pin, unpin, write, touch.</summary>
    public static int Operation(int[] weights, int roll)
    {
        int sum = 0;
        foreach (int weight in weights)
        {
            sum += weight;
        }

        roll %= sum;
        int index = 0;
        while (roll >= weights[index])
        {
            roll -= weights[index++];
        }

        return index;
    }

    public void Apply(ResidencyCall call)
    {
        int slot = call.Slot;
        BufferObject? target = _objects[slot];
        LastStatus = MmStatus.Ok;
        switch (Operation(Weights, call.Roll))
        {
            case 0 when target is null:
                Create(slot, Domain(call.Choice));
                break;
            case 1 when target is not null:
                _test.Space.Unmap(_areas[slot]!);
                target.Release();
                _objects[slot] = null;
                break;
            case 2 when target is not null:
                LastStatus = _test.Place(target, new Placement(new Place(Domain(call.Choice))));
                break;
            case 3 when target is not null:
                target.Reserve();
                target.Pin();
                target.Reservation.Unlock();
                break;
            case 4 when target is { PinCount: > 0 }:
                target.Reserve();
                target.Unpin();
                target.Reservation.Unlock();
                break;
            case 5 when target is not null:
                LastStatus = _test.Space.Write(_areas[slot]!.StartAddress + (ulong)call.Offset, [call.Value, (byte)(255 - call.Value)]);
                break;
            case 6 when target is not null:
                target.Reserve();
                target.Unreserve();
                break;
        }

        _test.AssertValid();
        AssertTold();
        _journal.Add(Snapshot());
    }

    /// <summary>Compares what held after every call.</summary>
    public bool Agrees(ResidencyModelSide model)
    {
        for (int i = 0; i < _journal.Count; i++)
        {
            if (_journal[i] != model.Journal[i])
            {
                throw new InvalidOperationException($"After call {i} the device says '{_journal[i]}', the model '{model.Journal[i]}'.");
            }
        }

        return _journal.Count == model.Journal.Count;
    }

    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 14695981039346656037;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            hash = Prng.Mix(hash ^ word);
        }

        return hash;
    }

    public void Dispose() => _test.Dispose();

    private void Create(int slot, MemoryDomain domain)
    {
        OperationContext context = default;
        LastStatus = _test.Device.TryCreate(
            new BufferObjectDescription(ObjectBytes, $"o{slot}"), new Placement(new Place(domain)), ref context, out BufferObject? made);
        _objects[slot] = made;
        _areas[slot] = made?.Map(_test.Space);
    }

    // An observer must know as much as the device.
    private void AssertTold()
    {
        IReadOnlyList<string> problems = _ledger.Compare(_test.Device);
        if (problems.Count > 0)
        {
            throw new InvalidOperationException("The events tell another story: " + string.Join(" | ", problems));
        }

        _ledger.Events.Clear();
    }

    private string Snapshot()
    {
        StringBuilder line = new();
        line.Append(CultureInfo.InvariantCulture, $"{LastStatus} e{_test.Device.Statistics.Evictions}");
        byte[] bytes = new byte[ObjectBytes];
        for (int slot = 0; slot < Slots; slot++)
        {
            if (_objects[slot] is { } target)
            {
                // A read faults the pages back in, wherever they are by now.
                MmStatus read = _test.Space.Read(_areas[slot]!.StartAddress, bytes);
                string contents = read == MmStatus.Ok ? Hash(bytes).ToString("x", CultureInfo.InvariantCulture) : read.ToString();
                line.Append(CultureInfo.InvariantCulture, $" {slot}:{_test.DomainOf(target)}/{target.PinCount}/{contents}");
            }
        }

        return line.ToString();
    }
}
