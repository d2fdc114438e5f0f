using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Silk.NET.Core;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Devices;

/// <summary>The connection to the Vulkan loader: devices, and the validation layer when it is asked for.</summary>
internal sealed unsafe class VulkanInstance : IDisposable
{
    private const string ValidationLayer = "VK_LAYER_KHRONOS_validation";
    private const uint ApiVersion = (1u << 22) | (2u << 12); // Vulkan 1.2

    private readonly Instance _instance;
    private readonly DebugUtilsMessengerEXT _messenger;
    private bool _isDisposed;

    /// <summary>Connects.</summary>
    /// <param name="validate">Put the validation layer in, with <see cref="ValidationLog"/> behind it.</param>
    /// <exception cref="MirrorUnavailableException">No loader, no driver, no Vulkan 1.2, or no layer.</exception>
    public VulkanInstance(bool validate = false)
    {
        Api = Load();
        if (validate && !HasLayer())
        {
            throw new MirrorUnavailableException($"the layer {ValidationLayer} is not installed; install vulkan-validationlayers");
        }

        IsValidating = validate;
        _instance = Create(validate);
        if (validate)
        {
            DebugUtilsMessengerCreateInfoEXT info = ValidationLog.CreateInfo();
            DebugUtilsMessengerEXT messenger;
            var create = (delegate* unmanaged[Cdecl]<Instance, DebugUtilsMessengerCreateInfoEXT*, AllocationCallbacks*, DebugUtilsMessengerEXT*, Result>)Address("vkCreateDebugUtilsMessengerEXT");
            Throw.If(create(_instance, &info, null, &messenger), "vkCreateDebugUtilsMessengerEXT");
            _messenger = messenger;
        }
    }

    /// <summary>The loader's functions.</summary>
    public Vk Api { get; }

    /// <summary>True when the validation layer listens.</summary>
    public bool IsValidating { get; }

    /// <summary>Every device, in the loader's order.</summary>
    /// <exception cref="MirrorUnavailableException">There is none.</exception>
    public IReadOnlyList<PhysicalDevice> Devices()
    {
        uint count = 0;
        Result result = Api.EnumeratePhysicalDevices(_instance, &count, null);
        PhysicalDevice[] devices = new PhysicalDevice[count];
        if (result == Result.Success && count > 0)
        {
            fixed (PhysicalDevice* first = devices)
            {
                result = Api.EnumeratePhysicalDevices(_instance, &count, first);
            }
        }

        return result == Result.Success && count > 0 ? devices : throw new MirrorUnavailableException(
            "no Vulkan device answers; install a driver (mesa-vulkan-drivers brings lavapipe, which needs no GPU)");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (IsValidating)
        {
            var destroy = (delegate* unmanaged[Cdecl]<Instance, DebugUtilsMessengerEXT, AllocationCallbacks*, void>)Address("vkDestroyDebugUtilsMessengerEXT");
            destroy(_instance, _messenger, null);
        }

        Api.DestroyInstance(_instance, null);
        Api.Dispose();
    }

    private static Vk Load()
    {
        try
        {
            return Vk.GetApi();
        }
        catch (FileNotFoundException missing)
        {
            throw new MirrorUnavailableException("the Vulkan loader is not installed; install libvulkan1", missing);
        }
        catch (DllNotFoundException missing)
        {
            throw new MirrorUnavailableException("the Vulkan loader is not installed; install libvulkan1", missing);
        }
    }

    private bool HasLayer()
    {
        uint count = 0;
        Throw.If(Api.EnumerateInstanceLayerProperties(&count, null), "vkEnumerateInstanceLayerProperties");
        LayerProperties[] layers = new LayerProperties[count];
        fixed (LayerProperties* first = layers)
        {
            Throw.If(Api.EnumerateInstanceLayerProperties(&count, first), "vkEnumerateInstanceLayerProperties");
            for (int i = 0; i < layers.Length; i++)
            {
                if (string.Equals(Marshal.PtrToStringUTF8((nint)first[i].LayerName), ValidationLayer, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private Instance Create(bool validate)
    {
        uint version = 0;
        if (Api.EnumerateInstanceVersion(&version) != Result.Success || version < ApiVersion)
        {
            throw new MirrorUnavailableException("the Vulkan loader is older than 1.2; install a newer libvulkan1");
        }

        ApplicationInfo application = new() { SType = StructureType.ApplicationInfo, ApiVersion = ApiVersion };
        DebugUtilsMessengerCreateInfoEXT messenger = ValidationLog.CreateInfo();
        ValidationFeatureEnableEXT synchronization = ValidationFeatureEnableEXT.SynchronizationValidationExt;
        ValidationFeaturesEXT features = new()
        {
            SType = StructureType.ValidationFeaturesExt,
            EnabledValidationFeatureCount = 1,
            PEnabledValidationFeatures = &synchronization,
        };
        messenger.PNext = &features;
        InstanceCreateInfo info = new() { SType = StructureType.InstanceCreateInfo, PApplicationInfo = &application };
        fixed (byte* layer = Text(ValidationLayer))
        fixed (byte* debug = Text("VK_EXT_debug_utils"))
        fixed (byte* validation = Text("VK_EXT_validation_features"))
        {
            byte** layers = stackalloc byte*[] { layer };
            byte** extensions = stackalloc byte*[] { debug, validation };
            if (validate)
            {
                info.PNext = &messenger;
                info.EnabledLayerCount = 1;
                info.PpEnabledLayerNames = layers;
                info.EnabledExtensionCount = 2;
                info.PpEnabledExtensionNames = extensions;
            }

            Instance instance;
            Result result = Api.CreateInstance(&info, null, &instance);
            return result switch
            {
                Result.Success => instance,
                Result.ErrorIncompatibleDriver => throw new MirrorUnavailableException(
                    "no Vulkan driver is installed; install one (mesa-vulkan-drivers brings lavapipe, which needs no GPU)"),
                _ => throw new MirrorUnavailableException($"vkCreateInstance answered {result}"),
            };
        }
    }

    /// <summary>A name as Vulkan wants it: UTF-8 with a zero behind it.</summary>
    internal static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + "\0");

    private void* Address(string name)
    {
        fixed (byte* text = Text(name))
        {
            PfnVoidFunction function = Api.GetInstanceProcAddr(_instance, text);
            return (void*)function.Handle;
        }
    }
}
