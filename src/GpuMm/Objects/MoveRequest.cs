using GpuMm.Backing;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <summary>One move that a driver is asked to do. Lock: the object's reservation is held, its mappings are revoked.</summary>
/// <param name="Target">What moves.</param>
/// <param name="From">Where it is; null when it holds no space.</param>
/// <param name="To">Where it goes; its pages exist when it has any.</param>
/// <param name="IsEviction">True when it makes room for another.</param>
public readonly record struct MoveRequest(BufferObject Target, Resource? From, Resource To, bool IsEviction)
{
    /// <summary>True when the bytes change their memory; false when only the bookkeeping changes.</summary>
    public bool CarriesBytes => From is not null && !(From.Manager.UsesPages && To.Manager.UsesPages) &&
        (!From.Manager.UsesPages || Target.Pages is { HasPages: true }) && Target.Kind != BufferObjectKind.Sg;

    /// <summary>
    /// Copies the bytes with the CPU, at once; clears the target where there is nothing to copy. Every driver whose
    /// memory is simulated calls it, inside its <see cref="GpuDriver.Move"/>: afterwards the old place belongs to others.
    /// </summary>
    /// <remarks>Cost: O(bytes) for <see cref="BackingKind.Bytes"/>, O(pages) for page heads.</remarks>
    public void CopyContents() => Target.Device.CopyContents(this);

    /// <summary>The latest work that must be done before the bytes may be touched, or a fence that is signalled.</summary>
    /// <param name="index">0 to the reservation's fence count - 1.</param>
    public Fence Dependency(int index) => Target.Reservation.FenceAt(index, out _);
}
