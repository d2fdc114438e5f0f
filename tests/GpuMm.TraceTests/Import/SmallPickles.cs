using System;
using System.Text;

namespace GpuMm.TraceTests.Import;

/// <summary>A snapshot of a few events, written opcode by opcode: small enough to damage a hundred thousand times.</summary>
internal static class SmallPickles
{
    /// <summary>The first bytes of a real pickle, closed where its list of events can be.</summary>
    public static byte[] Protocol4(byte[] real)
    {
        // segments, their blocks and the first events; then APPENDS, the list of devices, SETITEMS, STOP.
        int cut = real.AsSpan().IndexOf("external_annotations"u8);
        int firstTrace = real.AsSpan().IndexOf("device_traces"u8);
        if (cut < 0 || firstTrace < 0)
        {
            throw new InvalidOperationException("The sample is no snapshot.");
        }

        // { "device_traces": [[{action, addr, size, stream, time_us} x 6]] } by hand.
        System.IO.MemoryStream bytes = new();
        void Put(params byte[] raw) => bytes.Write(raw);
        void Text(string text)
        {
            Put(0x8C, (byte)text.Length);
            Put(Encoding.ASCII.GetBytes(text));
            Put(0x94);
        }

        Put(0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0);
        Put((byte)'}', 0x94, (byte)'(');
        Text("device_traces");
        Put((byte)']', 0x94, (byte)']', 0x94, (byte)'(');
        for (int i = 0; i < 6; i++)
        {
            Put((byte)'}', 0x94, (byte)'(');
            Text("action");
            Text(i % 3 == 0 ? "alloc" : i % 3 == 1 ? "free_requested" : "free_completed");
            Text("addr");
            Put(0x8A, 5, 0, 0, (byte)(i / 3), 0, 1);
            Text("size");
            Put((byte)'M', 0, 16);
            Text("stream");
            Put((byte)'K', 0);
            Text("time_us");
            Put((byte)'J', (byte)i, 0, 0, 1);
            Text("frames");
            Put((byte)']', 0x94);
            Put((byte)'u');
        }

        Put((byte)'e', (byte)'a');
        Text("segments");
        Put((byte)']', 0x94, (byte)'u', (byte)'.');
        return bytes.ToArray();
    }
}
