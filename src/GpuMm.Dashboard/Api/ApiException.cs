using System;
using GpuMm.Hosting.Sessions;
using Microsoft.AspNetCore.Http;

namespace GpuMm.Dashboard.Api;

/// <summary>A request that is refused: becomes problem+json.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(int status, string message)
        : base(message)
    {
        Status = status;
    }

    public int Status { get; }

    /// <summary>A header of the answer beside the problem: what was set before is cleared with the response that failed.</summary>
    public (string Name, string Value)? Header { get; init; }

    public static ApiException From(SessionError error) => new(StatusOf(error.Kind), error.Message);

    /// <summary>Goes on when there is no error.</summary>
    public static void ThrowIf(SessionError? error)
    {
        if (error is not null)
        {
            throw From(error);
        }
    }

    private static int StatusOf(SessionErrorKind kind) => kind switch
    {
        SessionErrorKind.Invalid => StatusCodes.Status400BadRequest,
        SessionErrorKind.NotFound => StatusCodes.Status404NotFound,
        SessionErrorKind.Conflict => StatusCodes.Status409Conflict,
        SessionErrorKind.LimitReached => StatusCodes.Status429TooManyRequests,
        SessionErrorKind.OutOfMemory => StatusCodes.Status507InsufficientStorage,
        SessionErrorKind.AccessFault => StatusCodes.Status422UnprocessableEntity,
        SessionErrorKind.Gone => StatusCodes.Status410Gone,
        _ => StatusCodes.Status503ServiceUnavailable,
    };
}
