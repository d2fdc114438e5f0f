using System;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Primitives;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>A device that one thread keeps to itself decides as one that is shared.</summary>
public sealed class SingleThreadedTests
{
    private const ulong Page = 4096;

    [Fact]
    public void ItDoesTheSameAsOneThatIsSafeForAll()
    {
        Assert.Equal(Run(isSingleThreaded: false), Run(isSingleThreaded: true));

        static (long Evictions, long Bytes, string Places) Run(bool isSingleThreaded)
        {
            using GpuDevice device = new(
                new GpuDeviceOptions
                {
                    VramBytes = 64 * Page,
                    ApertureBytes = 32 * Page,
                    SystemBytes = 512 * Page,
                    Backing = BackingKind.None,
                    IsSingleThreaded = isSingleThreaded,
                },
                new InlineDriver());
            Prng random = new(1);
            BufferObject[] objects = new BufferObject[40];
            for (int i = 0; i < 2000; i++)
            {
                ref BufferObject? slot = ref objects[(int)(random.Next() % 40)]!;
                OperationContext context = default;
                if (slot is null)
                {
                    Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription((1 + (random.Next() % 8)) * Page), Placement.Vram, ref context, out slot));
                }
                else if (random.Next() % 8 == 0)
                {
                    slot.Release();
                    slot = null;
                }
                else
                {
                    slot.Reserve();
                    Assert.Equal(MmStatus.Ok, slot.Validate(Placement.Vram, ref context));
                    slot.Unreserve();
                }
            }

            Assert.Empty(device.Validate());
            return (
                device.Statistics.Evictions,
                device.Statistics.MoveBytes(MemoryDomain.Gtt, MemoryDomain.Vram),
                string.Join(' ', Array.ConvertAll(objects, static o => o?.Resource is { } held ? $"{held.Domain}:{held.StartBytes}" : "-")));
        }
    }
}
