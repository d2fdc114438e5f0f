using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Client;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>kill -9, of clients and of the service, in real processes.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task AKilledClientLeavesNothingBehind()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;

        // No lease is shorter than an hour: what is released sooner is released because the connection broke.
        using ServeProcess service = await ServeProcess.StartAsync("--set", "GpuMm:Limits:MinLeaseSeconds=3600");
        using Process client = ServeProcess.Start(["client", "--connect", service.Address.ToString(), "--hold"]);
        Assert.Contains("bytes are right", await client.StandardOutput.ReadLineAsync(cancel), StringComparison.Ordinal);
        JsonElement held = (await service.Http.GetFromJsonAsync<JsonElement>("devices/gpu0/clients", cancel))[0];
        Assert.Equal(3_600_000, held.GetProperty("leaseMs").GetInt64());
        long start = Stopwatch.GetTimestamp();
        client.Kill();
        JsonElement left;
        do
        {
            await Task.Delay(20, cancel);
            left = await service.Http.GetFromJsonAsync<JsonElement>("devices/gpu0/snapshot", cancel);
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(10), "All is released, and long before the lease ends.");
        }
        while (left.GetProperty("clientCount").GetInt32() > 0 || left.GetProperty("domains").EnumerateArray().Any(static domain => domain.GetProperty("usedBytes").GetInt64() > 0));
        output.WriteLine($"released {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms after the kill");
    }

    [Fact]
    public async Task AKilledServiceKeepsAllThatItAcknowledged()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using Folder folder = new();
        const int Clients = 3;
        const int LeastOperations = 100; // between two kills
        int rounds = Environment.GetEnvironmentVariable("GPUMM_DEEP") == "1" ? 20 : 3;
        Dictionary<int, Writer> writers = [];
        int acknowledged = 0;
        for (int round = 0; round < rounds; round++)
        {
            ServeProcess service = await ServeProcess.StartAsync("--state", folder.Path, "--gpu", "gpu0:vram=4MiB,aperture=32MiB,system=64MiB");
            using (service)
            {
                using GpuMmConnection connection = GpuMmConnection.ToAddress(service.Address);
                for (int i = 0; i < Clients && round == 0; i++)
                {
                    GpuMmClient opened = await connection.OpenClientAsync("gpu0", new ClientSettings { Name = $"writer {i}", IsBoundToConnection = false, Lease = TimeSpan.FromMinutes(10) }, cancel);
                    writers.Add(i, new Writer(opened.Id, opened.Key, i));
                }

                Task[] runs = [.. writers.Values.Select(writer => writer.RunAsync(connection, cancel))];
                while (writers.Values.Sum(static writer => writer.Acknowledged) < acknowledged + LeastOperations && !runs.Any(static run => run.IsCompleted))
                {
                    await Task.Delay(10, cancel);
                }

                await Task.Delay(200 + (round * 137), cancel);
                service.Kill();
                await Task.WhenAll(runs);
                acknowledged = writers.Values.Sum(static writer => writer.Acknowledged);
            }
        }

        using ServeProcess last = await ServeProcess.StartAsync("--state", folder.Path, "--gpu", "gpu0:vram=4MiB,aperture=32MiB,system=64MiB");
        using GpuMmConnection end = GpuMmConnection.ToAddress(last.Address);
        foreach (Writer writer in writers.Values)
        {
            await writer.CheckAsync(end, cancel);
        }

        using HttpResponseMessage valid = await last.Http.PostAsync(new Uri("devices/gpu0/validate", UriKind.Relative), null, cancel);
        Assert.Contains("[]", await valid.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);
        output.WriteLine($"{rounds} kills, {acknowledged} operations acknowledged and found again");
    }

    // Remembers what was acknowledged; of the one operation that was not, either outcome is right.
    private sealed class Writer(int id, string key, int seed)
    {
        private const int SizeBytes = 16384;

        private readonly Random _random = new(seed);
        private readonly Dictionary<uint, byte[]> _contents = [];
        private (uint Handle, int Offset, byte[] Bytes)? _unknownWrite;
        private uint _unknownDestroy;
        private int _acknowledged;

        /// <summary>Operations that were acknowledged so far.</summary>
        public int Acknowledged => Volatile.Read(ref _acknowledged);

        public async Task RunAsync(GpuMmConnection connection, CancellationToken cancel)
        {
            GpuMmClient client = connection.Resume("gpu0", id, key, TimeSpan.FromMinutes(10));
            try
            {
                if (_contents.Count > 0)
                {
                    await CheckAsync(connection, cancel);
                }

                while (true)
                {
                    await StepAsync(client, cancel);
                    Interlocked.Increment(ref _acknowledged);
                }
            }
            catch (HttpRequestException)
            {
                // Killed.
            }
            catch (System.IO.IOException)
            {
                // Killed while it answered.
            }
        }

        public async Task CheckAsync(GpuMmConnection connection, CancellationToken cancel)
        {
            GpuMmClient client = connection.Resume("gpu0", id, key, TimeSpan.FromMinutes(10));
            foreach ((uint handle, byte[] expected) in _contents.ToArray())
            {
                byte[] found;
                try
                {
                    found = await (await client.GetAsync(handle, cancel)).ReadAsync(0, SizeBytes, cancel);
                }
                catch (GpuMmException gone) when (gone.Status == 404 && handle == _unknownDestroy)
                {
                    _contents.Remove(handle);
                    continue;
                }

                if (_unknownWrite is { } unknown && unknown.Handle == handle && found.AsSpan(unknown.Offset, unknown.Bytes.Length).SequenceEqual(unknown.Bytes))
                {
                    unknown.Bytes.CopyTo(expected, unknown.Offset);
                }

                Assert.Equal(expected, found);
            }

            _unknownWrite = null;
            _unknownDestroy = 0;
        }

        private async Task StepAsync(GpuMmClient client, CancellationToken cancel)
        {
            uint[] handles = [.. _contents.Keys];
            int dice = handles.Length < 4 ? 0 : _random.Next(handles.Length > 200 ? 11 : 10);
            if (dice == 0)
            {
                GpuMmObject made = await client.CreateAsync(new NewObject { Size = SizeBytes, Name = $"{seed}" }, cancel);
                _contents.Add(made.Handle, new byte[SizeBytes]);
            }
            else if (dice is 1 or 10)
            {
                _unknownDestroy = handles[_random.Next(handles.Length)];
                await (await client.GetAsync(_unknownDestroy, cancel)).DestroyAsync(cancel);
                _contents.Remove(_unknownDestroy);
                _unknownDestroy = 0;
            }
            else
            {
                uint handle = handles[_random.Next(handles.Length)];
                byte[] bytes = new byte[1 + _random.Next(3000)];
                _random.NextBytes(bytes);
                int offset = _random.Next(SizeBytes - bytes.Length);
                GpuMmObject target = await client.GetAsync(handle, cancel);
                _unknownWrite = (handle, offset, bytes);
                await target.WriteAsync((ulong)offset, bytes, cancel);
                bytes.CopyTo(_contents[handle], offset);
                _unknownWrite = null;
            }
        }
    }
}
