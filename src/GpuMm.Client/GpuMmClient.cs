using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Client.Wire;

namespace GpuMm.Client;

/// <summary>A client of a device: what it creates is released when it is disposed of, or when this process dies.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class GpuMmClient : IAsyncDisposable
{
    private readonly GpuMmConnection _service;
    private readonly string _path;
    private readonly CancellationTokenSource _stop = new();
    private Task _keepingAlive = Task.CompletedTask;

    internal GpuMmClient(GpuMmConnection service, string path, int id, string key, TimeSpan lease)
    {
        _service = service;
        _path = path;
        Id = id;
        Key = key;
        Lease = lease;
    }

    /// <summary>Its number on the device.</summary>
    public int Id { get; }

    /// <summary>Its key: with it, another run of the program can go on as this client.</summary>
    public string Key { get; }

    /// <summary>How long it may be silent.</summary>
    public TimeSpan Lease { get; }

    /// <summary>Ends when the connection that stands for the client, or its sign of life, ends; fails when it broke.</summary>
    public Task KeepingAlive => _keepingAlive;

    /// <summary>Creates an object in a placement; others are evicted for it if they must.</summary>
    /// <param name="wanted">What to create.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<GpuMmObject> CreateAsync(NewObject wanted, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ObjectAnswer answer = await AskAsync("objects", HttpMethod.Post, GpuMmConnection.Json(wanted, WireContext.Default.NewObject), WireContext.Default.ObjectAnswer, cancellationToken).ConfigureAwait(false);
        return new GpuMmObject(this, answer.Handle, answer.Info.SizeBytes);
    }

    /// <summary>Opens an object that another client shares.</summary>
    /// <param name="name">The name it is shared under.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<GpuMmObject> OpenSharedAsync(string name, CancellationToken cancellationToken = default)
    {
        ObjectAnswer answer = await AskAsync("open", HttpMethod.Post, GpuMmConnection.Json(new NameBody(name), WireContext.Default.NameBody), WireContext.Default.ObjectAnswer, cancellationToken).ConfigureAwait(false);
        return new GpuMmObject(this, answer.Handle, answer.Info.SizeBytes);
    }

    /// <summary>An object of this client by its handle, such as one that was created before the program was started again.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<GpuMmObject> GetAsync(uint handle, CancellationToken cancellationToken = default)
    {
        ObjectAnswer answer = await AskAsync($"objects/{Text(handle)}", HttpMethod.Get, null, WireContext.Default.ObjectAnswer, cancellationToken).ConfigureAwait(false);
        return new GpuMmObject(this, answer.Handle, answer.Info.SizeBytes);
    }

    /// <summary>Queues a job for the GPU.</summary>
    /// <param name="uses">What it uses; no object twice.</param>
    /// <param name="gpuTime">Time on the engine beside reading.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The number of its fence.</returns>
    public async Task<ulong> SubmitAsync(IReadOnlyList<JobUse> uses, TimeSpan gpuTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uses);
        SubmitBody body = new([.. uses.Select(static use => new UseBody(use.Target.Handle, use.ReadBytes, use.IsWrite))], gpuTime.TotalMicroseconds);
        FenceState answer = await AskAsync("submit", HttpMethod.Post, GpuMmConnection.Json(body, WireContext.Default.SubmitBody), WireContext.Default.FenceState, cancellationToken).ConfigureAwait(false);
        return answer.Fence;
    }

    /// <summary>Waits for a job.</summary>
    /// <param name="fence">Its number.</param>
    /// <param name="limit">Most time to wait; at most 30 s.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<FenceState> WaitAsync(ulong fence, TimeSpan limit, CancellationToken cancellationToken = default) => AskAsync(
        string.Create(CultureInfo.InvariantCulture, $"fences/{fence}?waitMs={(int)limit.TotalMilliseconds}"), HttpMethod.Get, null, WireContext.Default.FenceState, cancellationToken);

    /// <summary>Reads by address, as a program does.</summary>
    /// <param name="address">First byte, in a mapping.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<byte[]> ReadMemoryAsync(ulong address, int length, CancellationToken cancellationToken = default) =>
        ReadAsync(string.Create(CultureInfo.InvariantCulture, $"memory/0x{address:x}?length={length}"), cancellationToken);

    /// <summary>Writes by address, within one mapping.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WriteMemoryAsync(ulong address, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        SendAsync(string.Create(CultureInfo.InvariantCulture, $"memory/0x{address:x}"), HttpMethod.Put, new ReadOnlyMemoryContent(bytes), cancellationToken);

    /// <summary>Closes the client: all that it holds is released.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await SendAsync("", HttpMethod.Delete, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is HttpRequestException or GpuMmException)
        {
            // The service is gone, or has released the client already.
        }

        await Task.WhenAny(_keepingAlive).ConfigureAwait(false);
        _stop.Dispose();
    }

    internal async Task KeepAliveAsync(bool isBound, CancellationToken cancellationToken)
    {
        if (!isBound)
        {
            _keepingAlive = BeatAsync();
            return;
        }

        HttpResponseMessage hold = await _service.ReplyAsync(HttpMethod.Get, $"{_path}/hold", Key, null, cancellationToken).ConfigureAwait(false);
        _keepingAlive = HoldAsync(hold);
    }

    internal Task<T> AskAsync<T>(string path, HttpMethod method, HttpContent? body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        _service.AskAsync(method, $"{_path}/{path}", Key, body, type, cancellationToken);

    internal Task SendAsync(string path, HttpMethod method, HttpContent? body, CancellationToken cancellationToken) =>
        _service.SendAsync(method, $"{_path}/{path}", Key, body, cancellationToken);

    internal async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _service.ReplyAsync(HttpMethod.Get, $"{_path}/{path}", Key, null, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    internal static string Text(uint handle) => handle.ToString(CultureInfo.InvariantCulture);

    private async Task HoldAsync(HttpResponseMessage hold)
    {
        using (hold)
        {
            try
            {
                using Stream stream = await hold.Content.ReadAsStreamAsync(_stop.Token).ConfigureAwait(false);
                byte[] buffer = new byte[256];
                while (await stream.ReadAsync(buffer, _stop.Token).ConfigureAwait(false) > 0)
                {
                    // What it says does not matter, only that it says something.
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The client is closed.
            }
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            using PeriodicTimer timer = new(Lease / 3);
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                await SendAsync("heartbeat", HttpMethod.Post, null, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The client is closed.
        }
    }
}
