using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace GpuMm.Cli.Sweep;

/// <summary>Which program made a result: any change of it may change a result.</summary>
/// <remarks>
/// The version of the commit, and a fingerprint of each of our assemblies (their module version ids, which a deterministic
/// build makes from the code), so that a change that nobody committed counts too.
/// </remarks>
internal static class ProgramVersion
{
    public static string Text { get; } = Of(typeof(ProgramVersion).Assembly);

    private static string Of(Assembly program)
    {
        string version = program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        SortedDictionary<string, string> modules = new(System.StringComparer.Ordinal);
        Add(program, modules);
        return string.Join('\n', modules.Select(static module => $"{module.Key} {module.Value}").Prepend(version)).Replace('\n', ';');
    }

    // A module's own references, all the way down, as far as they are ours.
    private static void Add(Assembly assembly, SortedDictionary<string, string> modules)
    {
        if (modules.TryAdd(assembly.GetName().Name!, assembly.ManifestModule.ModuleVersionId.ToString("N")))
        {
            foreach (AssemblyName reference in assembly.GetReferencedAssemblies().Where(static name => name.Name!.StartsWith("GpuMm", System.StringComparison.Ordinal)))
            {
                Add(Assembly.Load(reference), modules);
            }
        }
    }
}
