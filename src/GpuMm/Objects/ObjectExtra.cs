namespace GpuMm.Objects;

/// <summary>What few objects need: kept apart, so that those that need none of it stay small.</summary>
internal sealed class ObjectExtra
{
    public BulkMove? BulkMove; // Lock: the object's reservation
    public FinalFences? FinalFences; // Lock: the object's reservation
    public uint PublishedName; // Lock: the device's registry
    public int Handles;
}
