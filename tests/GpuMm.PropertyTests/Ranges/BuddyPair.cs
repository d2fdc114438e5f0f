using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using GpuMm.Ranges;
using GpuMm.TestKit.Ranges;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>One side of the comparison; the same calls drive the allocator and the model.</summary>
internal sealed class BuddyPair
{
    private const int MaxLists = 12;
    private const ulong Chunk = BuddyAllocator.MinChunkBytes;

    private readonly int[] _weights;
    private readonly BuddyAllocator? _subject;
    private readonly NaiveBuddyModel? _model;
    private readonly List<BuddyBlockList> _subjectLists = [];
    private readonly List<List<NaiveBuddyBlock>> _modelLists = [];
    private readonly List<string> _history = [];

    public BuddyPair(int chunkCount, int[] weights, bool isModel)
    {
        ChunkCount = chunkCount;
        _weights = weights;
        _subject = isModel ? null : new BuddyAllocator((ulong)chunkCount * Chunk);
        _model = isModel ? new NaiveBuddyModel(chunkCount) : null;
    }

    public int ChunkCount { get; }

    public MmStatus LastStatus { get; private set; }

    public int Lists => _model is null ? _subjectLists.Count : _modelLists.Count;

    public int FreeChunks => _model?.FreeChunks ?? (int)(_subject!.FreeBytes / Chunk);

    public int ClearedChunks => _model?.ClearedChunks ?? (int)(_subject!.ClearedFreeBytes / Chunk);

    private int LargestRun => _model?.LargestRun ?? (int)(_subject!.LargestFreeBytes() / Chunk);

    /// <summary>Does one operation and notes everything that can be seen of it, so that no step escapes comparison.</summary>
    public void Apply(BuddyCall call)
    {
        Operate(call);
        StringBuilder seen = new();
        seen.Append(CultureInfo.InvariantCulture, $"{LastStatus} {FreeChunks} {ClearedChunks} {LargestRun}");
        for (int order = 0; 1 << order <= ChunkCount; order++)
        {
            seen.Append(CultureInfo.InvariantCulture, $" {CountFree(order, false)}/{CountFree(order, true)}");
        }

        _history.Add($"{seen} {DescribeLists()} {_subject?.Validate()}");
    }

    public bool Agrees(BuddyPair model) => _history.SequenceEqual(model._history, StringComparer.Ordinal);

    private int CountFree(int order, bool isCleared) =>
        _model?.CountFree(order, isCleared) ?? (int)_subject!.FreeBlockCount(order, isCleared);

    private string DescribeLists() => _model is null
        ? string.Join(" | ", _subjectLists.Select(list => string.Join(' ', Read(list))))
        : string.Join(" | ", _modelLists.Select(list => string.Join(' ', list)));

    private void Operate(BuddyCall call)
    {
        int roll = call.Roll % Math.Max(1, _weights.Sum());
        int operation = 0;
        while (operation < _weights.Length - 1 && roll >= _weights[operation])
        {
            roll -= _weights[operation++];
        }

        LastStatus = MmStatus.Ok;
        switch (operation)
        {
            case 0:
            case 1:
                Allocate(call, isWindow: operation == 1);
                break;
            case 2 when Lists > 0:
                FreeList(call.A % Lists, (call.Bits & 1) != 0);
                break;
            case 3 when Lists > 0:
                FreeFirst(call.A % Lists);
                break;
            case 4 when Lists > 0:
                Trim(call);
                break;
            case 5 when call.A % 8 == 0:
                _subject?.ResetCleared((call.Bits & 1) != 0);
                _model?.ResetCleared((call.Bits & 1) != 0);
                break;
            default:
                break;
        }
    }

    private void Allocate(BuddyCall call, bool isWindow)
    {
        BuddyFlags flags = (BuddyFlags)(call.Bits & 31) & ~BuddyFlags.Range;
        int start = 0;
        int end = ChunkCount;
        int size = 1 + (call.A % (ChunkCount + 1));
        if (isWindow)
        {
            start = call.B % ChunkCount;
            end = Math.Min(ChunkCount + 1, start + 1 + (call.C % ChunkCount));
            size = (call.Bits & 32) != 0 ? Math.Max(1, end - start) : 1 + (call.A % (ChunkCount + 1));
            flags |= BuddyFlags.Range;
        }
        else if (call.A % 3 != 0)
        {
            size = 1 + (call.A % 7); // small ones fragment
        }

        int min = 1 << (call.C % 5 * (call.Bits >> 6 & 1));
        if (_subject is not null)
        {
            BuddyBlockList list = default;
            LastStatus = _subject.TryAllocate(
                (ulong)start * Chunk, (ulong)end * Chunk, (ulong)size * Chunk, (ulong)min * Chunk, flags, ref list);
            Keep(_subjectLists, list, call.B, (ours, theirs) =>
            {
                _subject.AppendAll(ref ours, ref theirs);
                return ours;
            });
        }
        else
        {
            LastStatus = _model!.TryAllocate(start, end, size, min, flags, out List<NaiveBuddyBlock> list);
            Keep(_modelLists, list, call.B, (ours, theirs) => [.. ours, .. theirs]);
        }
    }

    /// <summary>A new list, or at the limit an addition to an old one.</summary>
    private void Keep<TList>(List<TList> lists, TList list, int pick, Func<TList, TList, TList> join)
    {
        if (LastStatus != MmStatus.Ok)
        {
            return;
        }

        if (lists.Count < MaxLists)
        {
            lists.Add(list);
        }
        else
        {
            int at = pick % MaxLists;
            lists[at] = join(lists[at], list);
        }
    }

    private void FreeList(int index, bool isCleared)
    {
        if (_subject is not null)
        {
            BuddyBlockList list = _subjectLists[index];
            _subject.Free(ref list, isCleared);
            _subjectLists.RemoveAt(index);
        }
        else
        {
            _model!.Free(_modelLists[index], isCleared);
            _modelLists.RemoveAt(index);
        }
    }

    private void FreeFirst(int index)
    {
        if (_subject is not null)
        {
            BuddyBlockList list = _subjectLists[index];
            _subject.Free(_subject.TakeFirst(ref list));
            Shrink(_subjectLists, index, list, list.Count);
        }
        else
        {
            NaiveBuddyBlock first = _modelLists[index][0];
            _model!.Free([first], first.IsCleared);
            Shrink(_modelLists, index, [.. _modelLists[index].Skip(1)], _modelLists[index].Count - 1);
        }
    }

    private static void Shrink<TList>(List<TList> lists, int index, TList list, int count)
    {
        if (count == 0)
        {
            lists.RemoveAt(index);
        }
        else
        {
            lists[index] = list;
        }
    }

    private void Trim(BuddyCall call)
    {
        int index = call.A % Lists;
        NaiveBuddyBlock first = _model is null ? Read(_subjectLists[index])[0] : _modelLists[index][0];
        int size = 1 << first.Order;
        int newSize = call.B % (size + 2);
        int? start = (call.Bits & 1) != 0 ? first.Start + (call.C % (size + 1)) : null;
        if (_subject is not null)
        {
            BuddyBlockList list = _subjectLists[index];
            LastStatus = start is int at
                ? _subject.TryTrim((ulong)at * Chunk, (ulong)newSize * Chunk, ref list)
                : _subject.TryTrim((ulong)newSize * Chunk, ref list);
            _subjectLists[index] = list;
        }
        else
        {
            LastStatus = _model!.TryTrim(start, newSize, _modelLists[index]);
        }
    }

    private List<NaiveBuddyBlock> Read(BuddyBlockList list)
    {
        List<NaiveBuddyBlock> blocks = [];
        foreach (BuddyBlockInfo info in _subject!.Blocks(list))
        {
            blocks.Add(new NaiveBuddyBlock((int)(info.Range.StartBytes / Chunk), info.Order, info.IsCleared));
        }

        return blocks;
    }

    public override string ToString() => $"{ChunkCount} chunks: {_history.LastOrDefault()}";
}
