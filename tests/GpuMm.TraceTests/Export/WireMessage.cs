using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Google.Protobuf;

namespace GpuMm.TraceTests.Export;

/// <summary>A protobuf message, taken apart by Google's own reader without a schema.</summary>
internal sealed class WireMessage
{
    private readonly List<(int Field, ulong Number, byte[]? Bytes)> _fields = [];

    public static WireMessage Parse(byte[] bytes)
    {
        WireMessage message = new();
        CodedInputStream input = new(bytes);
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            int field = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.Varint:
                    message._fields.Add((field, input.ReadUInt64(), null));
                    break;
                case WireFormat.WireType.LengthDelimited:
                    message._fields.Add((field, 0, input.ReadBytes().ToByteArray()));
                    break;
                default:
                    throw new InvalidOperationException($"Field {field} has a wire type that is not used here.");
            }
        }

        return message;
    }

    public IEnumerable<WireMessage> Fields(int field) => _fields.Where(f => f.Field == field && f.Bytes is not null).Select(static f => Parse(f.Bytes!));

    public ulong Number(int field) => _fields.FirstOrDefault(f => f.Field == field).Number;

    public string Text(int field) => Encoding.UTF8.GetString(_fields.FirstOrDefault(f => f.Field == field).Bytes ?? []);
}
