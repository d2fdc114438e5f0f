using System;
using System.Threading;
using GpuMm.Dashboard.Api;
using Microsoft.AspNetCore.Http;

namespace GpuMm.Dashboard.Service;

/// <summary>Seats for those who watch a stream.</summary>
/// <param name="limits">How many there are.</param>
internal sealed class WatcherGate(ServiceLimits limits)
{
    private int _taken;

    /// <summary>Takes a seat, until it is disposed of.</summary>
    /// <exception cref="ApiException">All are taken.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _taken) > limits.MaxWatchers)
        {
            Interlocked.Decrement(ref _taken);
            throw new ApiException(StatusCodes.Status429TooManyRequests, $"{limits.MaxWatchers} streams are open, and that is the limit; close one, or ask for batches.");
        }

        return new Seat(this);
    }

    private sealed class Seat(WatcherGate gate) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                Interlocked.Decrement(ref gate._taken);
            }
        }
    }
}
