using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Silk.NET.Core;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Devices;

/// <summary>What the validation layer had to say. Filled from any thread, by the layer.</summary>
internal static unsafe class ValidationLog
{
    // A layer that talks without end must not eat the memory of the process.
    private const int MaxMessages = 1_000;

    private static readonly ConcurrentQueue<string> s_messages = new();

    public static IReadOnlyCollection<string> Messages => s_messages;

    public static void Clear() => s_messages.Clear();

    /// <summary>How a messenger is made that writes here. Keep it where it is until the call that takes it returns.</summary>
    public static DebugUtilsMessengerCreateInfoEXT CreateInfo()
    {
        delegate* unmanaged[Cdecl]<DebugUtilsMessageSeverityFlagsEXT, DebugUtilsMessageTypeFlagsEXT, DebugUtilsMessengerCallbackDataEXT*, void*, Bool32> callback = &OnMessage;
        DebugUtilsMessengerCreateInfoEXT info = new()
        {
            SType = StructureType.DebugUtilsMessengerCreateInfoExt,
            MessageSeverity = DebugUtilsMessageSeverityFlagsEXT.WarningBitExt | DebugUtilsMessageSeverityFlagsEXT.ErrorBitExt,
            MessageType = DebugUtilsMessageTypeFlagsEXT.ValidationBitExt | DebugUtilsMessageTypeFlagsEXT.PerformanceBitExt,
        };

        // Invariant: the field holds one function pointer of this very signature.
        info.PfnUserCallback = *(PfnDebugUtilsMessengerCallbackEXT*)&callback;
        return info;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Bool32 OnMessage(
        DebugUtilsMessageSeverityFlagsEXT severity,
        DebugUtilsMessageTypeFlagsEXT types,
        DebugUtilsMessengerCallbackDataEXT* data,
        void* userData)
    {
        if (s_messages.Count < MaxMessages)
        {
            string name = Marshal.PtrToStringUTF8((nint)data->PMessageIdName) ?? "";
            s_messages.Enqueue($"{severity}: {name}: {Marshal.PtrToStringUTF8((nint)data->PMessage)}");
        }

        return false;
    }
}
