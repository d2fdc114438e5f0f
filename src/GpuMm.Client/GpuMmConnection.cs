using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Client.Wire;

namespace GpuMm.Client;

/// <summary>A way to a service. Safe for concurrent use; dispose it when nothing uses it any more.</summary>
/// <example>
/// <code>
/// using GpuMmConnection service = GpuMmConnection.ToAddress(new Uri("http://127.0.0.1:5270"));
/// await using GpuMmClient client = await service.OpenClientAsync("gpu0", new ClientSettings { Name = "sample" });
/// GpuMmObject texture = await client.CreateAsync(new NewObject { Size = 4 &lt;&lt; 20, Name = "grass" });
/// await texture.WriteAsync(0, pixels);
/// ulong fence = await client.SubmitAsync([new JobUse(texture)], TimeSpan.FromMilliseconds(2));
/// await client.WaitAsync(fence, TimeSpan.FromSeconds(1));
/// </code>
/// </example>
public sealed partial class GpuMmConnection : IDisposable
{
    internal const string KeyHeader = "GpuMm-Client-Key";

    private readonly HttpClient _http;

    private GpuMmConnection(HttpMessageHandler handler, Uri address, string? token)
    {
        _http = new HttpClient(handler) { BaseAddress = new Uri(address, "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>The way to an address.</summary>
    /// <param name="address">Such as http://127.0.0.1:5270.</param>
    /// <param name="token">The service's token; null when it has none.</param>
    public static GpuMmConnection ToAddress(Uri address, string? token = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new GpuMmConnection(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1), ConnectTimeout = TimeSpan.FromSeconds(5) }, address, token);
    }

    /// <summary>The way to a Unix socket.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="token">The service's token; null when it has none.</param>
    public static GpuMmConnection ToSocket(string path, string? token = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new GpuMmConnection(handler, new Uri("http://localhost"), token);
    }

    /// <summary>Opens a client.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="settings">How.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GpuMmException">The service refused; the message says why.</exception>
    public async Task<GpuMmClient> OpenClientAsync(string device, ClientSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(device);
        ArgumentNullException.ThrowIfNull(settings);
        OpenClientBody body = new(settings.Name, settings.Lease?.TotalSeconds, settings.MaxBytes, settings.MaxObjects, settings.Group);
        string path = $"devices/{Uri.EscapeDataString(device)}/clients";
        OpenClientAnswer answer = await AskAsync(
            HttpMethod.Post, path, null, Json(body, WireContext.Default.OpenClientBody), WireContext.Default.OpenClientAnswer, cancellationToken).ConfigureAwait(false);
        GpuMmClient client = new(this, $"{path}/{answer.Id.ToString(CultureInfo.InvariantCulture)}", answer.Id, answer.Key, TimeSpan.FromSeconds(answer.LeaseSeconds));
        await client.KeepAliveAsync(settings.IsBoundToConnection, cancellationToken).ConfigureAwait(false);
        return client;
    }

    /// <summary>Goes on as a client that was opened before, perhaps by an earlier run of this program.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="id">The client's number.</param>
    /// <param name="key">Its key.</param>
    /// <param name="lease">Its lease.</param>
    public GpuMmClient Resume(string device, int id, string key, TimeSpan lease) =>
        new(this, $"devices/{Uri.EscapeDataString(device)}/clients/{id.ToString(CultureInfo.InvariantCulture)}", id, key, lease);

    /// <summary>Changes what a client may hold; for whoever runs the service.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="clientId">The client's number.</param>
    /// <param name="maxBytes">Bytes of all its objects; null for no limit.</param>
    /// <param name="maxObjects">Objects; null for the device's limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task SetLimitsAsync(string device, int clientId, ulong? maxBytes, int? maxObjects, CancellationToken cancellationToken = default) => SendAsync(
        HttpMethod.Put,
        $"devices/{Uri.EscapeDataString(device)}/clients/{clientId.ToString(CultureInfo.InvariantCulture)}/limits",
        null,
        Json(new LimitsBody(maxBytes, maxObjects), WireContext.Default.LimitsBody),
        cancellationToken);

    /// <summary>Sets what a client is promised in a domain, and may use there; for whoever runs the service.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="clientId">The client's number.</param>
    /// <param name="domain">vram, gtt or system.</param>
    /// <param name="minBytes">Used up to this, nothing of the client is evicted for others.</param>
    /// <param name="lowBytes">Used up to this, its objects are evicted only when nobody else's would help.</param>
    /// <param name="maxBytes">More it does not get: it makes room among its own; null for no limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GpuMmException">Refused: 409 while the client uses more than the new maximum.</exception>
    public Task SetDomainLimitsAsync(
        string device, int clientId, string domain, ulong minBytes, ulong lowBytes, ulong? maxBytes, CancellationToken cancellationToken = default) => SendAsync(
        HttpMethod.Put,
        $"devices/{Uri.EscapeDataString(device)}/clients/{clientId.ToString(CultureInfo.InvariantCulture)}/limits/{Uri.EscapeDataString(domain)}",
        null,
        Json(new DomainLimitsBody(minBytes, lowBytes, maxBytes), WireContext.Default.DomainLimitsBody),
        cancellationToken);

    /// <summary>What a client may hold, and what it is promised, may use and uses in each domain.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="clientId">The client's number.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ClientLimits> GetLimitsAsync(string device, int clientId, CancellationToken cancellationToken = default) => AskAsync(
        HttpMethod.Get,
        $"devices/{Uri.EscapeDataString(device)}/clients/{clientId.ToString(CultureInfo.InvariantCulture)}/limits",
        null,
        null,
        WireContext.Default.ClientLimits,
        cancellationToken);

    /// <summary>Watches a device. Ends when the service stops or the connection breaks; watch again from the last number.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="after">The last number that is known; null to begin now.</param>
    /// <param name="kinds">Kinds of events, comma between; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<DeviceEvents> WatchAsync(
        string device, ulong? after = null, string? kinds = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string path = $"devices/{Uri.EscapeDataString(device)}/events/stream?kinds={Uri.EscapeDataString(kinds ?? "")}";
        using HttpRequestMessage request = new(HttpMethod.Get, after is { } from ? string.Create(CultureInfo.InvariantCulture, $"{path}&after={from}") : path);
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        await ThrowIfRefusedAsync(response, cancellationToken).ConfigureAwait(false);
        using StreamReader lines = new(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        while (await lines.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            // Each item's data is one line of JSON.
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                yield return JsonSerializer.Deserialize(line.AsSpan(6), WireContext.Default.DeviceEvents)!;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    internal static HttpContent Json<T>(T body, JsonTypeInfo<T> type) => JsonContent.Create(body, type);

    internal async Task<T> AskAsync<T>(HttpMethod method, string path, string? key, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await ReplyAsync(method, path, key, body, cancellationToken).ConfigureAwait(false);
        return (await response.Content.ReadFromJsonAsync(type, cancellationToken).ConfigureAwait(false))!;
    }

    internal async Task SendAsync(HttpMethod method, string path, string? key, HttpContent? body, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await ReplyAsync(method, path, key, body, cancellationToken).ConfigureAwait(false);
    }

    internal async Task<HttpResponseMessage> ReplyAsync(HttpMethod method, string path, string? key, HttpContent? body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path) { Content = body };
        if (key is not null)
        {
            request.Headers.Add(KeyHeader, key);
        }

        HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        try
        {
            await ThrowIfRefusedAsync(response, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        string? detail = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            ProblemAnswer? problem = await response.Content.ReadFromJsonAsync(WireContext.Default.ProblemAnswer, cancellationToken).ConfigureAwait(false);
            detail = problem?.Detail ?? problem?.Title;
        }

        throw new GpuMmException((int)response.StatusCode, detail ?? $"The service answered {(int)response.StatusCode} {response.ReasonPhrase}.");
    }
}
