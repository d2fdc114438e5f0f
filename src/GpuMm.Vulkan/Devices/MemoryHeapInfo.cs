namespace GpuMm.Vulkan.Devices;

/// <summary>One heap of a device.</summary>
/// <param name="Index">Vulkan's number for it.</param>
/// <param name="SizeBytes">How large it is, bytes.</param>
/// <param name="IsDeviceLocal">True when it is the device's own memory.</param>
/// <param name="BudgetBytes">How much of it this process may use now, bytes; null where VK_EXT_memory_budget is not offered.</param>
/// <param name="UsageBytes">How much it uses now, bytes; null likewise.</param>
public sealed record MemoryHeapInfo(int Index, ulong SizeBytes, bool IsDeviceLocal, ulong? BudgetBytes, ulong? UsageBytes);
