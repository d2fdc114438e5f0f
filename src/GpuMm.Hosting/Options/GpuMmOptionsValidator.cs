using System;
using System.Collections.Generic;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace GpuMm.Hosting.Options;

/// <summary>Refuses shared options that cannot work, before anything starts.</summary>
public sealed class GpuMmOptionsValidator : IValidateOptions<GpuMmOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GpuMmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> problems = [];
        if (options.DrainTimeout < TimeSpan.FromMilliseconds(100) || options.DrainTimeout > TimeSpan.FromMinutes(10))
        {
            problems.Add($"GpuMm:DrainTimeout is {options.DrainTimeout:c}; write a time from 00:00:00.1 to 00:10:00.");
        }

        if (options.ThrashRatio is not (> 0 and <= 1))
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"GpuMm:ThrashRatio is {options.ThrashRatio}; write a share above 0 and at most 1, such as 0.5."));
        }

        if (options.WorkerSilenceLimit < TimeSpan.FromSeconds(1) || options.WorkerSilenceLimit > TimeSpan.FromHours(1))
        {
            problems.Add($"GpuMm:WorkerSilenceLimit is {options.WorkerSilenceLimit:c}; write a time from 00:00:01 to 01:00:00.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
