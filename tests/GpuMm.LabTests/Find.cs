using System.Collections.Generic;
using System.Linq;
using GpuMm.Lab.Race;

namespace GpuMm.LabTests;

internal static class Find
{
    /// <summary>Explores the scenario of one name.</summary>
    public static RaceResult Explored(IReadOnlyList<RaceScenario> scenarios, string name) =>
        RaceLab.Explore(scenarios.Single(scenario => scenario.Name == name));
}
