using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Dashboard.Service;
using GpuMm.Hosting.State;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace GpuMm.Dashboard.Api;

/// <summary>Turns what went wrong into problem+json: one sentence that says what, where and how to put it right.</summary>
internal sealed class ApiExceptionHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        (int status, string detail) = exception switch
        {
            ApiException refused => (refused.Status, refused.Message),
            BadHttpRequestException bad => (bad.StatusCode, DetailOf(bad)),
            StateException broken => (StatusCodes.Status503ServiceUnavailable, broken.Message),
            KeyNotFoundException missing => (StatusCodes.Status404NotFound, missing.Message),
            OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested => (StatusCodes.Status499ClientClosedRequest, "The caller went away."),
            _ => (StatusCodes.Status500InternalServerError, "The service failed; its log says more."),
        };
        httpContext.Response.StatusCode = status;
        RequestGuard.Protect(httpContext.Response);
        if (exception is ApiException { Header: { } header })
        {
            httpContext.Response.Headers[header.Name] = header.Value;
        }

        if (status == StatusCodes.Status413PayloadTooLarge)
        {
            // The rest of the body is not read, so the connection cannot carry another request: say so.
            httpContext.Response.Headers.Connection = "close";
        }

        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail },
        }).ConfigureAwait(false);
    }

    private static string DetailOf(BadHttpRequestException bad) => bad switch
    {
        { InnerException: JsonException json } => $"The body is not what is expected at {json.Path ?? "$"}: {FirstLine(json.Message)}",
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => "The body is larger than this request may have; send it in pieces.",
        _ => bad.Message,
    };

    private static string FirstLine(string text)
    {
        int end = text.IndexOf(" Path:", StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }
}
