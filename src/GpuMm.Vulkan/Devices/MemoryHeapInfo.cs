using System;

namespace GpuMm.Vulkan.Devices;

/// <summary>One heap of a device.</summary>
/// <param name="Index">Vulkan's number for it.</param>
/// <param name="SizeBytes">How large it is, bytes.</param>
/// <param name="IsDeviceLocal">True when it is the device's own memory.</param>
/// <param name="BudgetBytes">How much of it this process may use now, bytes; null where VK_EXT_memory_budget is not offered.</param>
/// <param name="UsageBytes">How much it uses now, bytes; null likewise.</param>
public sealed record MemoryHeapInfo(int Index, ulong SizeBytes, bool IsDeviceLocal, ulong? BudgetBytes, ulong? UsageBytes)
{
    /// <summary>What the heap may give this process in all, bytes: the budget, and never more than there is; all of it where nobody knows.</summary>
    public ulong GivableBytes => BudgetBytes is { } budget and > 0 ? Math.Min(budget, SizeBytes) : SizeBytes;

    /// <summary>What objects may hold of it, bytes: a tenth less, for copies under way; whole pages.</summary>
    public ulong ObjectBytes => GivableBytes / 10 * 9 / 4096 * 4096;
}
