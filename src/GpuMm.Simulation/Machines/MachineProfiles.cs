using System;
using System.Collections.Generic;

namespace GpuMm.Simulation;

/// <summary>The machines that are built in: kinds of machines first, then cards, each by year.</summary>
public static class MachineProfiles
{
    private static readonly Lazy<IReadOnlyList<MachineProfile>> s_all = new(static () => MachineFiles.ReadMachines());

    /// <summary>Every built-in profile.</summary>
    public static IReadOnlyList<MachineProfile> All => s_all.Value;

    /// <summary>Finds a profile by name, upper or lower case.</summary>
    /// <param name="name">Such as <c>pcie3x16</c> or <c>rtx4090</c>.</param>
    /// <param name="profile">The profile, or null.</param>
    public static bool TryGet(string name, out MachineProfile? profile)
    {
        foreach (MachineProfile each in All)
        {
            if (string.Equals(each.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                profile = each;
                return true;
            }
        }

        profile = null;
        return false;
    }
}
