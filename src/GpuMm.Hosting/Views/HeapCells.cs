using System;
using GpuMm.Hosting.Sessions;

namespace GpuMm.Hosting.Views;

/// <summary>Sums of one domain by address, filled by a walk over the objects. Not safe for concurrent use.</summary>
internal sealed class HeapCells(ulong domainBytes, int cellCount)
{
    private readonly Sum[] _cells = new Sum[cellCount];

    public int Count => _cells.Length;

    public ulong CellBytes { get; } = Math.Max(4096, (((domainBytes + (ulong)cellCount - 1) / (ulong)cellCount) + 4095) & ~4095ul);

    public void Clear() => Array.Clear(_cells);

    public void Add(TrackedObject tracked, ulong startBytes, ulong sizeBytes, bool isPinned, bool isMisplaced, bool isFirst)
    {
        ulong at = startBytes;
        ulong left = sizeBytes;
        while (left > 0)
        {
            int index = (int)Math.Min(at / CellBytes, (ulong)_cells.Length - 1);
            ulong here = index == _cells.Length - 1 ? left : Math.Min(left, ((ulong)(index + 1) * CellBytes) - at);
            ref Sum cell = ref _cells[index];
            cell.UsedBytes += here;
            cell.PinnedBytes += isPinned ? here : 0;
            cell.MisplacedBytes += isMisplaced ? here : 0;
            cell.Vote(tracked.ClientId, here);
            cell.CreatedNs += (double)tracked.CreatedNs * here;
            cell.UsedNs += (double)tracked.LastUsedNs * here;
            cell.Objects += isFirst && at == startBytes ? 1 : 0;
            at += here;
            left -= here;
        }
    }

    /// <summary>The same in fewer, equal cells.</summary>
    public HeapCell[] Merge(int wantedCells, ulong sizeBytes, long nowNs, out ulong mergedCellBytes)
    {
        int usedCells = (int)((sizeBytes + CellBytes - 1) / CellBytes);
        int factor = Math.Max(1, (usedCells + wantedCells - 1) / wantedCells);
        mergedCellBytes = CellBytes * (ulong)factor;
        HeapCell[] merged = new HeapCell[(usedCells + factor - 1) / factor];
        for (int i = 0; i < merged.Length; i++)
        {
            Sum sum = default;
            for (int k = i * factor; k < Math.Min((i + 1) * factor, usedCells); k++)
            {
                sum.Add(_cells[k]);
            }

            merged[i] = sum.ToCell(nowNs);
        }

        return merged;
    }

    private struct Sum
    {
        public ulong UsedBytes;
        public ulong PinnedBytes;
        public ulong MisplacedBytes;
        public double CreatedNs;
        public double UsedNs;
        public ulong Votes;
        public int ClientId;
        public int Objects;

        // Boyer and Moore: whoever has more than half of the bytes is found in constant space.
        public void Vote(int clientId, ulong sizeBytes)
        {
            if (clientId == ClientId)
            {
                Votes += sizeBytes;
            }
            else if (Votes >= sizeBytes)
            {
                Votes -= sizeBytes;
            }
            else
            {
                (ClientId, Votes) = (clientId, sizeBytes - Votes);
            }
        }

        public void Add(in Sum other)
        {
            UsedBytes += other.UsedBytes;
            PinnedBytes += other.PinnedBytes;
            MisplacedBytes += other.MisplacedBytes;
            CreatedNs += other.CreatedNs;
            UsedNs += other.UsedNs;
            Objects += other.Objects;
            if (other.Votes > 0)
            {
                Vote(other.ClientId, other.Votes);
            }
        }

        public readonly HeapCell ToCell(long nowNs) => UsedBytes == 0 ? default : new HeapCell(
            UsedBytes,
            PinnedBytes,
            MisplacedBytes,
            Objects,
            ClientId,
            Math.Max(0, (nowNs - (long)(CreatedNs / UsedBytes)) / 1_000_000),
            Math.Max(0, (nowNs - (long)(UsedNs / UsedBytes)) / 1_000_000));
    }
}
