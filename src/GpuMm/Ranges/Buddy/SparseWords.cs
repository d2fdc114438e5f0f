using System.Diagnostics;
using System.Numerics;

namespace GpuMm.Ranges;

/// <summary>A map from word index to a 64-bit word that holds the words which are not zero: open addressing.</summary>
/// <remarks>
/// For spaces with few free blocks, or too large for flat bitmaps (2^52 chunks at most). Cost: O(1) expected per access.
/// </remarks>
internal sealed class SparseWords
{
    private const int InitialCapacity = 64;

    private ulong[] _keys = new ulong[InitialCapacity]; // index + 1; 0 marks an empty cell
    private ulong[] _words = new ulong[InitialCapacity];
    private int _count;

    internal long MetadataBytes => 16L * _keys.Length;

    internal ulong Read(ulong index)
    {
        int cell = Find(index);
        return _keys[cell] == 0 ? 0 : _words[cell];
    }

    internal void Write(ulong index, ulong word)
    {
        int cell = Find(index);
        bool present = _keys[cell] != 0;
        if (word != 0)
        {
            _words[cell] = word;
            if (!present)
            {
                _keys[cell] = index + 1;
                _count++;
                if (_count * 2 > _keys.Length)
                {
                    Grow();
                }
            }
        }
        else if (present)
        {
            RemoveAt(cell);
        }
    }

    /// <summary>Writes every word into an array of all words, which holds 0 elsewhere.</summary>
    internal void CopyTo(ulong[] flat)
    {
        for (int cell = 0; cell < _keys.Length; cell++)
        {
            if (_keys[cell] != 0)
            {
                flat[_keys[cell] - 1] = _words[cell];
            }
        }
    }

    private static int Home(ulong index, int mask) => unchecked((int)((index * 0x9E3779B97F4A7C15ul) >> 32)) & mask;

    private int Find(ulong index)
    {
        int mask = _keys.Length - 1;
        int cell = Home(index, mask);
        while (_keys[cell] != 0 && _keys[cell] != index + 1)
        {
            cell = (cell + 1) & mask;
        }

        return cell;
    }

    /// <summary>Closes the gap, so that no probe sequence is cut: later cells of the cluster move back.</summary>
    private void RemoveAt(int cell)
    {
        int mask = _keys.Length - 1;
        int next = cell;
        while (true)
        {
            next = (next + 1) & mask;
            if (_keys[next] == 0)
            {
                break;
            }

            int home = Home(_keys[next] - 1, mask);
            if (((next - home) & mask) >= ((next - cell) & mask))
            {
                _keys[cell] = _keys[next];
                _words[cell] = _words[next];
                cell = next;
            }
        }

        _keys[cell] = 0;
        _words[cell] = 0;
        _count--;
    }

    private void Grow()
    {
        ulong[] keys = _keys;
        ulong[] words = _words;
        Debug.Assert(BitOperations.IsPow2(keys.Length), "The capacity is a power of two, so that a mask replaces modulo.");
        _keys = new ulong[keys.Length * 2];
        _words = new ulong[keys.Length * 2];
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] != 0)
            {
                int cell = Find(keys[i] - 1);
                _keys[cell] = keys[i];
                _words[cell] = words[i];
            }
        }
    }
}
