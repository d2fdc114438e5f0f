using System.Collections.Generic;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>What a client may hold, and what it is promised, may use and uses in each domain.</summary>
/// <param name="MaxSize">Bytes of all its objects together; null for no limit.</param>
/// <param name="MaxObjects">How many; null for the device's limit.</param>
/// <param name="Domains">Each domain.</param>
public sealed record LimitsReply(ulong? MaxSize, int? MaxObjects, IReadOnlyList<DomainLimitView> Domains);
