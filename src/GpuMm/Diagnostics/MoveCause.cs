namespace GpuMm.Diagnostics;

/// <summary>Why an object is brought elsewhere.</summary>
public enum MoveCause : byte
{
    /// <summary>Somebody called <c>Validate</c> and said no more.</summary>
    Validate = 0,

    /// <summary>It gets its first place.</summary>
    Create = 1,

    /// <summary>A submission to the GPU needs it.</summary>
    Submission = 2,

    /// <summary>It makes room for another: <see cref="DeviceEvent.RelatedId"/>.</summary>
    Eviction = 3,

    /// <summary>The CPU touched it where it cannot be reached.</summary>
    CpuFault = 4,

    /// <summary>It leaves the aperture, because its pages go to the swap store.</summary>
    SwapOut = 5,

    /// <summary>The device is about to lose power.</summary>
    Suspend = 6,

    /// <summary>A background service moves it ahead of need.</summary>
    Prefetch = 7,
}
