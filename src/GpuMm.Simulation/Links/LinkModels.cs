using System;
using System.Collections.Generic;

namespace GpuMm.Simulation;

/// <summary>The links that are built in, slowest first.</summary>
public static class LinkModels
{
    private static readonly Lazy<IReadOnlyList<LinkModel>> s_all = new(static () => MachineFiles.ReadLinks());

    /// <summary>Every built-in link.</summary>
    public static IReadOnlyList<LinkModel> All => s_all.Value;

    /// <summary>Finds a link by name, upper or lower case.</summary>
    /// <param name="name">Such as <c>pcie4x8</c>.</param>
    /// <param name="link">The link, or null.</param>
    public static bool TryGet(string name, out LinkModel? link)
    {
        foreach (LinkModel each in All)
        {
            if (string.Equals(each.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                link = each;
                return true;
            }
        }

        link = null;
        return false;
    }
}
