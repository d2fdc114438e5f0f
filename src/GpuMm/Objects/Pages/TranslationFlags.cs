using System;

namespace GpuMm.Objects;

/// <summary>What is special about the system pages of an object.</summary>
[Flags]
public enum TranslationFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The contents are in the swap store; there are no pages.</summary>
    Swapped = 1,

    /// <summary>Pages read as zero when they are made.</summary>
    ZeroAlloc = 2,

    /// <summary>The pages belong to somebody else: they are neither counted nor allocated here.</summary>
    External = 4,

    /// <summary>External, and yet the CPU may map them.</summary>
    ExternalMappable = 8,

    /// <summary>The pages are shared with the host of a confidential guest.</summary>
    Decrypted = 16,

    /// <summary>Populated; kept for tables that have no pages of their own.</summary>
    PrivatePopulated = 32,

    /// <summary>Some pages, not yet all, are in the swap store.</summary>
    BackedUp = 64,
}
