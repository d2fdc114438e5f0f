using System.Collections.Generic;

namespace GpuMm.TestKit.Ranges;

/// <summary>What an eviction scan finds: how many nodes it looked at, and which must go, in the order of giving back.</summary>
public sealed record ModelScan(int Added, bool Hit, IReadOnlyList<int> Victims);
