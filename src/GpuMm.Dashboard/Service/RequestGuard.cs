using System;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GpuMm.Dashboard.Service;

/// <summary>
/// Turns away who must not come in: requests without the token where there is one, pages of other sites, and names that
/// lead here but are not ours.
/// </summary>
/// <remarks>
/// A page of another site in the user's browser can send requests to a loopback address too. It cannot forge Origin, and
/// it cannot make Host a loopback name; so both are looked at.
/// </remarks>
internal sealed class RequestGuard(RequestDelegate next, ServeOptions options, ServiceLimits limits)
{
    /// <summary>The cookie that carries the token for pages.</summary>
    public const string Cookie = "gpumm_token";

    private readonly byte[]? _tokenHash = options.Token is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;

    public Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;

        Protect(context.Response);
        if (request.ContentType is not "application/octet-stream" && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = limits.MaxJsonBytes;
        }

        bool isSocket = context.Connection.LocalIpAddress is null;
        if (_tokenHash is null && !isSocket && !IsLoopbackName(request.Host.Host))
        {
            throw new ApiException(StatusCodes.Status421MisdirectedRequest, "This service answers to localhost, 127.0.0.1 and [::1] only, since it runs without a token.");
        }

        string origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsOwnOrigin(origin, request))
        {
            throw new ApiException(StatusCodes.Status403Forbidden, $"Requests from pages of other sites are refused, and this one says it comes from {Shortened(origin)}.");
        }

        if (_tokenHash is null || request.Path.StartsWithSegments("/healthz", StringComparison.Ordinal))
        {
            return next(context);
        }

        if (HttpMethods.IsGet(request.Method) && request.Path == "/login" && Matches(request.Query["token"].ToString()))
        {
            context.Response.Cookies.Append(Cookie, request.Query["token"].ToString(), new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = request.IsHttps });
            context.Response.Redirect("/");
            return Task.CompletedTask;
        }

        string authorization = request.Headers.Authorization.ToString();
        bool isKnown = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? Matches(authorization["Bearer ".Length..].Trim())
            : Matches(request.Cookies[Cookie] ?? "");
        if (isKnown)
        {
            return next(context);
        }

        throw new ApiException(StatusCodes.Status401Unauthorized, "The service has a token: send it as 'Authorization: Bearer TOKEN', or open /login?token=TOKEN in a browser.") { Header = ("WWW-Authenticate", "Bearer") };
    }

    /// <summary>Says that what is sent is what it says it is, and is for pages of this service.</summary>
    /// <param name="response">The answer.</param>
    public static void Protect(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) ||
        (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static bool IsOwnOrigin(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) &&
        string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100];

    private bool Matches(string token) => token.Length is > 0 and <= 1024 &&
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), _tokenHash);
}
