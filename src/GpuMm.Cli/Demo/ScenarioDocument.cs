using System.Collections.Generic;

namespace GpuMm.Cli.Demo;

/// <summary>The shape of <c>gpumm demo --scenario … --json</c>.</summary>
internal sealed record ScenarioDocument(int SchemaVersion, string Scenario, bool IsRight, IReadOnlyList<string> Lines);
