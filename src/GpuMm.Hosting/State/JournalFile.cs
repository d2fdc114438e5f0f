using System.IO;

namespace GpuMm.Hosting.State;

/// <summary>A journal that is open for writing.</summary>
/// <param name="Stream">Its file, at the place where the next record goes.</param>
/// <param name="Number">The secret number in its head, which its marks repeat.</param>
internal readonly record struct JournalFile(FileStream Stream, uint Number);
