using System.Collections.Generic;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>Whether every invariant of a device holds.</summary>
/// <param name="Problems">One sentence per violation; empty when all hold.</param>
public sealed record ValidationReply(IReadOnlyList<string> Problems);
