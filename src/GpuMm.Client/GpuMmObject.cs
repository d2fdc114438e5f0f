using System;
using System.Globalization;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Client.Wire;

namespace GpuMm.Client;

/// <summary>An object of a client.</summary>
public sealed class GpuMmObject
{
    private readonly GpuMmClient _client;
    private readonly string _path;

    internal GpuMmObject(GpuMmClient client, uint handle, ulong sizeBytes)
    {
        _client = client;
        Handle = handle;
        SizeBytes = sizeBytes;
        _path = $"objects/{GpuMmClient.Text(handle)}";
    }

    /// <summary>The client's handle.</summary>
    public uint Handle { get; }

    /// <summary>Its size, bytes; whole pages.</summary>
    public ulong SizeBytes { get; }

    /// <summary>Where it is now, and how it is.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ObjectInfo> GetInfoAsync(CancellationToken cancellationToken = default) =>
        (await _client.AskAsync(_path, HttpMethod.Get, null, WireContext.Default.ObjectAnswer, cancellationToken).ConfigureAwait(false)).Info;

    /// <summary>Reads through the fault handler.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes; at most what the service allows in one request, usually 32 MiB.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<byte[]> ReadAsync(ulong offset, int length, CancellationToken cancellationToken = default) =>
        _client.ReadAsync(string.Create(CultureInfo.InvariantCulture, $"{_path}/bytes?offset={offset}&length={length}"), cancellationToken);

    /// <summary>Writes through the fault handler. On return the bytes are kept, where the service keeps its state.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="bytes">The bytes; at most what the service allows in one request, usually 32 MiB.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WriteAsync(ulong offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        _client.SendAsync(string.Create(CultureInfo.InvariantCulture, $"{_path}/bytes?offset={offset}"), HttpMethod.Put, new ReadOnlyMemoryContent(bytes), cancellationToken);

    /// <summary>Maps it into the client's address space.</summary>
    /// <param name="isWritable">Whether writes are allowed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The address of its first byte.</returns>
    public async Task<ulong> MapAsync(bool isWritable = true, CancellationToken cancellationToken = default) =>
        (await _client.AskAsync($"{_path}/map", HttpMethod.Post, GpuMmConnection.Json(new MapBody(true, isWritable), WireContext.Default.MapBody), WireContext.Default.MapAnswer, cancellationToken).ConfigureAwait(false)).Address;

    /// <summary>Takes its mapping away.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task UnmapAsync(CancellationToken cancellationToken = default) => _client.SendAsync($"{_path}/map", HttpMethod.Delete, null, cancellationToken);

    /// <summary>Brings it somewhere now, and lets the service remember the wish.</summary>
    /// <param name="placement">As for creating one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task PlaceAsync(string placement, CancellationToken cancellationToken = default) => PostAsync("place", placement, cancellationToken);

    /// <summary>Forbids moves until unpinned as often.</summary>
    /// <param name="placement">Where; null for where it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task PinAsync(string? placement = null, CancellationToken cancellationToken = default) => PostAsync("pin", placement, cancellationToken);

    /// <summary>Takes one pin back.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task UnpinAsync(CancellationToken cancellationToken = default) => _client.SendAsync($"{_path}/unpin", HttpMethod.Post, null, cancellationToken);

    /// <summary>Drops the contents now; it reads as zero afterwards.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task PurgeAsync(CancellationToken cancellationToken = default) => _client.SendAsync($"{_path}/purge", HttpMethod.Post, null, cancellationToken);

    /// <summary>Says whether the contents are needed; what is not may be dropped to make room.</summary>
    /// <param name="isNeeded">Whether they are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when they were dropped meanwhile.</returns>
    public async Task<bool> AdviseAsync(bool isNeeded, CancellationToken cancellationToken = default) =>
        (await _client.AskAsync($"{_path}/advice", HttpMethod.Put, GpuMmConnection.Json(new AdviceBody(isNeeded), WireContext.Default.AdviceBody), WireContext.Default.AdviceAnswer, cancellationToken).ConfigureAwait(false)).IsRetained;

    /// <summary>Shares it: other clients open it by name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task ShareAsync(string name, CancellationToken cancellationToken = default) =>
        _client.SendAsync($"{_path}/share", HttpMethod.Post, GpuMmConnection.Json(new NameBody(name), WireContext.Default.NameBody), cancellationToken);

    /// <summary>Gives the handle up; with the last one the object goes.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DestroyAsync(CancellationToken cancellationToken = default) => _client.SendAsync(_path, HttpMethod.Delete, null, cancellationToken);

    private Task PostAsync(string what, string? placement, CancellationToken cancellationToken) =>
        _client.SendAsync($"{_path}/{what}", HttpMethod.Post, GpuMmConnection.Json(new PlacementBody(placement), WireContext.Default.PlacementBody), cancellationToken);
}
