using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using GpuMm.TestKit;

namespace GpuMm.PropertyTests;

/// <summary>The naive model, driven by the same calls as the device.</summary>
public sealed class ResidencyModelSide(int vramObjects, int apertureObjects, int[] weights)
{
    public NaiveResidencyModel Model { get; } =
        new(ResidencySubject.Slots, ResidencySubject.ObjectBytes, vramObjects, apertureObjects);

    public MmStatus LastStatus { get; private set; }

    /// <summary>What held after each call: the comparison looks at every step, not only at the last.</summary>
    public List<string> Journal { get; } = [];

    public string LastOperation { get; private set; } = "none";

    public void Apply(ResidencyCall call)
    {
        bool exists = Model.Exists(call.Slot);
        int evictions = Model.Evictions;
        LastStatus = MmStatus.Ok;
        LastOperation = "skipped";
        switch (ResidencySubject.Operation(weights, call.Roll))
        {
            case 0 when !exists:
                LastStatus = Model.Create(call.Slot, ResidencySubject.Domain(call.Choice));
                LastOperation = "create";
                break;
            case 1 when exists:
                Model.Destroy(call.Slot);
                LastOperation = "destroy";
                break;
            case 2 when exists:
                LastStatus = Model.Place(call.Slot, ResidencySubject.Domain(call.Choice));
                LastOperation = "place";
                break;
            case 3 when exists:
                Model.Pin(call.Slot);
                LastOperation = "pin";
                break;
            case 4 when exists && Model.PinCountOf(call.Slot) > 0:
                Model.Unpin(call.Slot);
                LastOperation = "unpin";
                break;
            case 5 when exists:
                Span<byte> bytes = Model.BytesOf(call.Slot);
                bytes[call.Offset] = call.Value;
                bytes[call.Offset + 1] = (byte)(255 - call.Value);
                LastOperation = "write";
                break;
            case 6 when exists:
                Model.Touch(call.Slot);
                LastOperation = "touch";
                break;
        }

        LastOperation += Model.Evictions > evictions ? ", evicting" : "";
        Journal.Add(Snapshot());
    }

    private string Snapshot()
    {
        StringBuilder line = new();
        line.Append(CultureInfo.InvariantCulture, $"{LastStatus} e{Model.Evictions}");
        for (int slot = 0; slot < ResidencySubject.Slots; slot++)
        {
            if (Model.Exists(slot))
            {
                line.Append(CultureInfo.InvariantCulture, $" {slot}:{Model.DomainOf(slot)}/{Model.PinCountOf(slot)}/{ResidencySubject.Hash(Model.BytesOf(slot)):x}");
            }
        }

        return line.ToString();
    }
}
