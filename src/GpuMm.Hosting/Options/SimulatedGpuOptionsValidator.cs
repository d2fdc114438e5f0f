using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GpuMm.Eviction;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.Simulation;
using Microsoft.Extensions.Options;

namespace GpuMm.Hosting.Options;

/// <summary>Refuses a device that cannot work, before anything starts: which key, what is wrong, what to write instead.</summary>
public sealed class SimulatedGpuOptionsValidator : IValidateOptions<SimulatedGpuOptions>
{
    private const ulong MaxBytes = 1ul << 44; // 16 TiB: page numbers of all domains stay far below 2^40.

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SimulatedGpuOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> problems = [];
        string prefix = $"{GpuMmOptions.SectionName}:Gpus:{(string.IsNullOrEmpty(name) ? "<name>" : name)}:";
        if (MachineProfile.Find(options.Machine) is null)
        {
            problems.Add($"{prefix}Machine is '{options.Machine}', and there is no such machine; write one of {string.Join(", ", MachineProfile.All.Select(static each => each.Name))}.");
        }

        if (!options.TryGetLink(out _))
        {
            problems.Add($"{prefix}Link is '{options.Link}', and there is no such link; write one of {string.Join(", ", LinkModels.All.Concat(options.AddedLinks).Select(static each => each.Name))}, or leave it out for the machine's own.");
        }

        if (!EvictionPolicies.TryCreate(options.EvictionPolicy, out _))
        {
            problems.Add($"{prefix}EvictionPolicy is '{options.EvictionPolicy}', and there is no such policy; write one of {string.Join(", ", EvictionPolicies.All.Select(static each => each.Name))}.");
        }

        if (options.MovePerSecond is { Bytes: < 1ul << 20 or > 1ul << 40 } rate)
        {
            problems.Add($"{prefix}MovePerSecond is {rate}; write 1MiB to 1TiB, or leave it out for no limit.");
        }

        CheckSizes(prefix, options, problems);
        CheckWatermarks(prefix, options, problems);
        CheckSpan(prefix + "ReclaimPeriod", options.ReclaimPeriod, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), problems);
        CheckSpan(prefix + "ReapPeriod", options.ReapPeriod, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), problems);
        CheckSpan(prefix + "DefragmentPeriod", options.DefragmentPeriod, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), problems);
        CheckSpan(prefix + "SamplePeriod", options.SamplePeriod, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1), problems);
        CheckCount(prefix + "EventCapacity", options.EventCapacity, 64, 1 << 20, problems);
        CheckCount(prefix + "MaxClients", options.MaxClients, 1, 4096, problems);
        CheckCount(prefix + "MaxObjectsPerClient", options.MaxObjectsPerClient, 1, 1 << 22, problems);
        if (options.Speed is not (0 or (>= 0.001 and <= 1000)))
        {
            problems.Add(Text($"{prefix}Speed is {options.Speed}; write 1 for real time, 0 for at once, or a factor from 0.001 to 1000."));
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckSizes(string prefix, SimulatedGpuOptions options, List<string> problems)
    {
        CheckSize(prefix + "Vram", options.Vram, problems);
        CheckSize(prefix + "Aperture", options.Aperture, problems);
        CheckSize(prefix + "System", options.System, problems);
        if (options.Aperture.Bytes > options.System.Bytes)
        {
            problems.Add($"{prefix}Aperture is {options.Aperture}, more than System ({options.System}), whose pages it shows; make it at most that, or System larger.");
        }

        if (options.VisibleVram is not { } visible)
        {
            return;
        }

        if (visible.Bytes % Pages.SizeBytes != 0 || visible.Bytes > options.Vram.Bytes)
        {
            problems.Add($"{prefix}VisibleVram is {visible}; write whole pages of 4KiB, at most Vram ({options.Vram}), or leave it out.");
        }

        if (options.VramAllocator == SpaceAllocatorKind.Bins && visible.Bytes != options.Vram.Bytes)
        {
            problems.Add($"{prefix}VramAllocator is Bins, which knows no windows; choose Range or Buddy, or make VisibleVram equal to Vram.");
        }
    }

    private static void CheckSize(string key, ByteCount size, List<string> problems)
    {
        if (size.Bytes == 0 || size.Bytes % Pages.SizeBytes != 0 || size.Bytes > MaxBytes)
        {
            problems.Add(Text($"{key} is {size.Bytes} bytes; write a multiple of 4KiB from 4KiB to 16TiB, such as \"8GiB\"."));
        }
    }

    private static void CheckWatermarks(string prefix, SimulatedGpuOptions options, List<string> problems)
    {
        if (options.LowWatermarkPercent is not (>= 0 and <= 50))
        {
            problems.Add(Text($"{prefix}LowWatermarkPercent is {options.LowWatermarkPercent}; write 0 (no reclaimer) to 50."));
        }
        else if (options.HighWatermarkPercent is not (> 0 and <= 90) || options.HighWatermarkPercent <= options.LowWatermarkPercent)
        {
            problems.Add(Text($"{prefix}HighWatermarkPercent is {options.HighWatermarkPercent}; write more than LowWatermarkPercent ({options.LowWatermarkPercent}) and at most 90."));
        }
    }

    private static void CheckSpan(string key, TimeSpan value, TimeSpan least, TimeSpan most, List<string> problems)
    {
        if (value < least || value > most)
        {
            problems.Add($"{key} is {value:c}; write a time from {least:c} to {most:c}.");
        }
    }

    private static void CheckCount(string key, int value, int least, int most, List<string> problems)
    {
        if (value < least || value > most)
        {
            problems.Add(Text($"{key} is {value}; write a whole number from {least} to {most}."));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
