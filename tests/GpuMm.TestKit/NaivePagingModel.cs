using System.Collections.Generic;
using System.Linq;

namespace GpuMm.TestKit;

/// <summary>What an address space must show, told with one dictionary: which file page each page shows, and may be done there.</summary>
public sealed class NaivePagingModel(int filePages)
{
    private readonly Dictionary<ulong, (ulong FilePage, bool CanWrite)> _pages = [];

    public byte[] Bytes { get; } = new byte[filePages];

    public int PageCount => _pages.Count;

    public string LastOperation { get; private set; } = "start";

    public MmStatus Map(ulong page, ulong count, ulong filePage, bool replaces)
    {
        LastOperation = replaces ? "replace" : "map";
        bool isTaken = Range(page, count).Any(_pages.ContainsKey);
        if (isTaken && !replaces)
        {
            return MmStatus.Overlap;
        }

        for (ulong i = 0; i < count; i++)
        {
            _pages[page + i] = (filePage + i, true);
        }

        return MmStatus.Ok;
    }

    public MmStatus Unmap(ulong page, ulong count)
    {
        LastOperation = "unmap";
        foreach (ulong each in Range(page, count))
        {
            _pages.Remove(each);
        }

        return MmStatus.Ok;
    }

    public MmStatus Protect(ulong page, ulong count, bool canWrite)
    {
        LastOperation = "protect";
        if (!Range(page, count).All(_pages.ContainsKey))
        {
            return MmStatus.OutOfMemory;
        }

        foreach (ulong each in Range(page, count))
        {
            _pages[each] = (_pages[each].FilePage, canWrite);
        }

        return MmStatus.Ok;
    }

    public void Remap(ulong page, ulong count, ulong filePage)
    {
        LastOperation = "remap";
        for (ulong i = 0; i < count; i++)
        {
            _pages[page + i] = (filePage + i, _pages[page + i].CanWrite);
        }
    }

    public MmStatus Write(ulong page, byte value)
    {
        LastOperation = "write";
        if (!_pages.TryGetValue(page, out (ulong FilePage, bool CanWrite) shown) || !shown.CanWrite)
        {
            return MmStatus.AccessViolation;
        }

        Bytes[shown.FilePage] = value;
        return MmStatus.Ok;
    }

    public MmStatus Read(ulong page, out byte value)
    {
        value = 0;
        if (!_pages.TryGetValue(page, out (ulong FilePage, bool CanWrite) shown))
        {
            return MmStatus.AccessViolation;
        }

        value = Bytes[shown.FilePage];
        return MmStatus.Ok;
    }

    public void Note(string operation) => LastOperation = operation;

    private static IEnumerable<ulong> Range(ulong page, ulong count) => Enumerable.Range(0, (int)count).Select(i => page + (ulong)i);
}
