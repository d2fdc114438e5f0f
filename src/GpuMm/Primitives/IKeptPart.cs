namespace GpuMm.Primitives;

/// <summary>What one thread (or a few) keeps apart of what many share. Lock: one of its own, inside that of what is shared.</summary>
internal interface IKeptPart
{
    /// <summary>Whether anything may be kept. Lock: that of what is shared.</summary>
    bool IsOpen { get; }

    /// <summary>Bytes that are kept. Lock: none; while it is open they may change.</summary>
    ulong KeptBytes { get; }

    /// <summary>From now on something may be kept. Lock: that of what is shared.</summary>
    void Open();

    /// <summary>Gives all back. Lock: that of what is shared.</summary>
    /// <param name="closes">Whether nothing more is kept until it is opened again.</param>
    void GiveBack(bool closes);
}
