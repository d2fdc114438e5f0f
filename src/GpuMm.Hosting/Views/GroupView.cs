using System.Collections.Generic;

namespace GpuMm.Hosting.Views;

/// <summary>A group of clients, and what all in it together are promised, may use and use.</summary>
/// <param name="Path">Its name with those of the groups round it, such as "games/shooter".</param>
/// <param name="Clients">Numbers of the clients that are in it and in no group inside it.</param>
/// <param name="Domains">Each domain.</param>
public sealed record GroupView(string Path, IReadOnlyList<int> Clients, IReadOnlyList<DomainLimitView> Domains);
