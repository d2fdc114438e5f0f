using System.Collections.Generic;
using System.Linq;

namespace GpuMm.Vulkan.Calibration;

/// <summary>Copies of one size and way, and what they took.</summary>
/// <param name="path">The way.</param>
/// <param name="sizeBytes">The size, bytes.</param>
/// <param name="pair">Which of a round's pairs of stores they go between.</param>
internal sealed class CopySeries(CopyPath path, ulong sizeBytes, int pair)
{
    private readonly Dictionary<int, List<long>> _byOrder = [];
    private readonly Dictionary<int, ulong> _before = [];

    public CopyPath Path => path;

    public ulong SizeBytes => sizeBytes;

    public int Pair => pair;

    /// <summary>Copies so far.</summary>
    public int Count => _byOrder.Values.Sum(static ns => ns.Count);

    /// <summary>Notes what goes before it in an order.</summary>
    /// <param name="order">The order.</param>
    /// <param name="sizeBytes">The size of the copy before it, bytes.</param>
    public void Follows(int order, ulong sizeBytes) => _before[order] = sizeBytes;

    /// <summary>Notes a copy.</summary>
    /// <param name="order">In which order of copies, which decides what goes before it.</param>
    /// <param name="ns">What it took, ns.</param>
    public void Add(int order, long ns)
    {
        if (!_byOrder.TryGetValue(order, out List<long>? times))
        {
            _byOrder.Add(order, times = []);
        }

        times.Add(ns);
    }

    /// <summary>For each order, the time that a part of its copies is faster than, with what went before it.</summary>
    /// <param name="parts">That part is one of so many.</param>
    public IEnumerable<CopyTime> Times(int parts) =>
        _byOrder.Select(each => new CopyTime(sizeBytes, _before.GetValueOrDefault(each.Key), each.Value.Order().ElementAt(each.Value.Count / parts)));

    /// <summary>Of the copies in one order, the time that a part of them is faster than; the mean of that over the orders, ns.</summary>
    /// <param name="parts">That part is one of so many: 4 for the lower quartile, 2 for the median.</param>
    public long MeanOfOrders(int parts) => (long)_byOrder.Values.Average(ns => ns.Order().ElementAt(ns.Count / parts));
}
