namespace GpuMm.Ranges;

/// <summary>Ways for tests to damage the tables, so that <see cref="Validate"/> can be shown to notice.</summary>
internal sealed partial class DenseBins
{
    internal void PlantHiddenClass(int bin) => ClearClass(bin);

    /// <summary>Forgets the border at which a piece starts.</summary>
    internal void PlantLostBorder(uint start) => WordOf(start).Borders &= ~BitOf(start);

    /// <summary>Forgets that a unit is the first or the last of a hole.</summary>
    internal void PlantLostHole(uint unit) => WordOf(unit).Holes &= ~BitOf(unit);

    /// <summary>Spoils the size that a long piece notes.</summary>
    internal void PlantWrongNote(uint unit) => _long[LongNote(unit)]++;

    /// <summary>Takes the entry away through which the holes of a class are found.</summary>
    internal void PlantLostEntry(int bin) => PopEntry(ref StackOf(bin));

    /// <summary>Counts one hole more than there is.</summary>
    internal void PlantWrongCount(int bin) => _stacks[bin].Count++;
}
