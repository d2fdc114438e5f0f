using System;
using System.Collections.Generic;
using System.Globalization;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>A CUDA memory snapshot as PyTorch pickles it: device_traces become events, blocks without one live from the start.</summary>
/// <remarks>The snapshot is held as a whole; its limits are those of <see cref="PickleReader"/>.</remarks>
internal sealed class PyTorchPickleReader : QueuedReader
{
    private readonly PyTorchEvents _events;
    private List<PyTorchEvents.Row>? _rows;
    private int _next;

    public PyTorchPickleReader(TraceInput input)
        : base(input, "pytorch")
    {
        _events = new PyTorchEvents(input.File);
    }

    protected override bool Step()
    {
        if (_rows is null)
        {
            Load();
            return true;
        }

        int end = Math.Min(_rows.Count, _next + 256);
        for (; _next < end; _next++)
        {
            _events.Apply(_rows[_next], 0, (in TraceEvent e) => Emit(e));
        }

        return _next < _rows.Count;
    }

    private void Load()
    {
        object? root = new PickleReader(Stream, Input.File).Read();
        if (root is not PickleMap map || map["device_traces"] is not List<object?> devices)
        {
            throw Malformed(0, "the pickle holds no device_traces", "Give what torch.cuda.memory._dump_snapshot() writes, recorded with _record_memory_history().");
        }

        _rows = [];
        foreach (object? device in devices)
        {
            foreach (object? entry in device as List<object?> ?? [])
            {
                _rows.Add(RowOf(entry, _rows.Count));
            }
        }

        // Devices were recorded apart; List.Sort is not stable, so the order of recording breaks ties.
        int[] order = new int[_rows.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        List<PyTorchEvents.Row> rows = _rows;
        Array.Sort(order, (a, b) => rows[a].TimeUs != rows[b].TimeUs ? rows[a].TimeUs.CompareTo(rows[b].TimeUs) : a.CompareTo(b));
        _rows = new List<PyTorchEvents.Row>(order.Length);
        foreach (int index in order)
        {
            _rows.Add(rows[index]);
        }

        SetProperty(PyTorchEvents.AccessProperty, PyTorchEvents.AccessNote);
        SetProperty("devices", devices.Count.ToString(CultureInfo.InvariantCulture));
        EmitPreexisting(map["segments"] as List<object?> ?? []);
    }

    private void EmitPreexisting(List<object?> segments)
    {
        HashSet<ulong> alive = [];
        foreach (PyTorchEvents.Row row in _rows!)
        {
            switch (row.Action)
            {
                case "alloc":
                    alive.Add(row.Address);
                    break;
                case "free_requested" or "free_completed":
                    if (alive.Add(row.Address))
                    {
                        _events.Preexisting(row.Address, row.SizeBytes, row.Stream, (in TraceEvent e) => Emit(e));
                    }

                    if (row.Action == "free_completed")
                    {
                        alive.Remove(row.Address);
                    }

                    break;
            }
        }

        foreach (object? segment in segments)
        {
            if (segment is PickleMap map && map["blocks"] is List<object?> blocks)
            {
                EmitBlocks(blocks, Whole(map["stream"]), alive);
            }
        }
    }

    private void EmitBlocks(List<object?> blocks, ulong stream, HashSet<ulong> alive)
    {
        foreach (object? entry in blocks)
        {
            if (entry is PickleMap block && block["state"] is "active_allocated" or "active_pending_free" && alive.Add(Whole(((PickleMap)entry)["address"])))
            {
                PickleMap found = (PickleMap)entry;
                ulong size = Whole(found["requested_size"]);
                _events.Preexisting(Whole(found["address"]), size == 0 ? Whole(found["size"]) : size, stream, (in TraceEvent e) => Emit(e));
            }
        }
    }

    private PyTorchEvents.Row RowOf(object? entry, int index)
    {
        if (entry is not PickleMap map || map["action"] is not string action || map["time_us"] is not long time || time is < 0 or >= long.MaxValue / 2000)
        {
            throw Malformed(0, $"event {index} of device_traces has no action or no time_us", "Record again with a PyTorch that writes both (2.1 or later).");
        }

        string? name = map["frames"] is List<object?> { Count: > 0 } frames && frames[0] is PickleMap frame ? frame["name"] as string : null;
        return new PyTorchEvents.Row(time, action, Whole(map["addr"] ?? map["device_free"]), Whole(map["size"]), Whole(map["stream"]), Shorten(name));
    }

    private static string? Shorten(string? name) => name is { Length: > 80 } ? name[..80] : name;

    private static ulong Whole(object? value) => value is long number ? unchecked((ulong)number) : 0;
}
