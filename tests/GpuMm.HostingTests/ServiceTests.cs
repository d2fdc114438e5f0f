using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Client;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>The service through its real server and socket; each test has a device of its own.</summary>
public sealed class ServiceTests(ServiceTests.OneService one) : IClassFixture<ServiceTests.OneService>
{
    private readonly ServeProcess _service = one.Service;

    [Fact]
    public async Task AClientDoesAllThatAProgramDoes()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using GpuMmConnection service = GpuMmConnection.ToAddress(_service.Address);
        await using GpuMmClient client = await service.OpenClientAsync("gpu0", new ClientSettings { Name = "test" }, cancel);
        GpuMmObject texture = await client.CreateAsync(new NewObject { Size = 2 << 20, Name = "grass" }, cancel);
        byte[] pixels = new byte[2 << 20];
        Random.Shared.NextBytes(pixels);
        await texture.WriteAsync(0, pixels, cancel);
        ulong address = await client.CreateAsync(new NewObject { Size = 4096 }, cancel).ContinueWith(static made => made.Result.MapAsync(), cancel).Unwrap();
        await client.WriteMemoryAsync(address + 5, "bytes"u8.ToArray(), cancel);
        Assert.Equal("bytes"u8.ToArray(), await client.ReadMemoryAsync(address + 5, 5, cancel));
        List<GpuMmObject> others = [];
        for (int i = 0; i < 20; i++)
        {
            others.Add(await client.CreateAsync(new NewObject { Size = 1 << 20, Placement = "vram" }, cancel));
        }

        Assert.Equal("gtt", (await texture.GetInfoAsync(cancel)).Domain); // Evicted by the others.
        ulong fence = await client.SubmitAsync([new JobUse(texture), new JobUse(others[0], IsWrite: true)], TimeSpan.FromMilliseconds(1), cancel);
        Assert.True((await client.WaitAsync(fence, TimeSpan.FromSeconds(30), cancel)).IsSignaled);
        Assert.Equal("vram", (await texture.GetInfoAsync(cancel)).Domain);
        Assert.Equal(pixels, await texture.ReadAsync(0, pixels.Length, cancel));
        await texture.PinAsync("gtt", cancel);
        Assert.Equal(409, (await Assert.ThrowsAsync<GpuMmException>(() => texture.PlaceAsync("vram", cancel))).Status);
        await texture.UnpinAsync(cancel);
        Assert.Equal(409, (await Assert.ThrowsAsync<GpuMmException>(() => texture.UnpinAsync(cancel))).Status);
        await texture.ShareAsync("wallpaper", cancel);
        await using GpuMmClient second = await service.OpenClientAsync("gpu0", new ClientSettings { Name = "second", IsBoundToConnection = false, Lease = TimeSpan.FromHours(1) }, cancel);
        GpuMmObject shared = await second.OpenSharedAsync("wallpaper", cancel);
        Assert.Equal(pixels[..64], await shared.ReadAsync(0, 64, cancel));
        Assert.True(await texture.AdviseAsync(isNeeded: false, cancel));
        await texture.PurgeAsync(cancel);
        Assert.False(await texture.AdviseAsync(isNeeded: true, cancel));
        Assert.Equal(new byte[64], await shared.ReadAsync(0, 64, cancel));
        await service.SetLimitsAsync("gpu0", second.Id, 3 << 20, 2, cancel);
        Assert.Equal(429, (await Assert.ThrowsAsync<GpuMmException>(() => second.CreateAsync(new NewObject { Size = 2 << 20 }, cancel))).Status);
        Assert.Equal(507, (await Assert.ThrowsAsync<GpuMmException>(() => client.CreateAsync(new NewObject { Size = 32 << 20, Placement = "vram" }, cancel))).Status);
        await texture.DestroyAsync(cancel);
        Assert.Equal(404, (await Assert.ThrowsAsync<GpuMmException>(() => texture.GetInfoAsync(cancel))).Status);
        Assert.Empty((await PostAsync("devices/gpu0/validate")).GetProperty("problems").EnumerateArray());
    }

    [Fact]
    public async Task ViewsShowWhatThereIs()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using GpuMmConnection service = GpuMmConnection.ToAddress(_service.Address);
        await using GpuMmClient client = await service.OpenClientAsync("views", new ClientSettings { Name = "seen" }, cancel);
        GpuMmObject texture = await client.CreateAsync(new NewObject { Size = 8 << 20, Name = "needle", Placement = "vram" }, cancel);
        Assert.Equal(["busy", "events", "gpu0", "views"], (await GetAsync("devices")).EnumerateArray().Select(static each => each.GetProperty("name").GetString()).Order());
        JsonElement snapshot = await GetAsync("devices/views/snapshot");
        Assert.Equal(8 << 20, snapshot.GetProperty("domains")[0].GetProperty("usedBytes").GetInt64());
        JsonElement map = await GetAsync("devices/views/heap/vram?cells=16");
        Assert.Equal(8 << 20, map.GetProperty("cells").EnumerateArray().Sum(static cell => cell.GetProperty("usedBytes").GetInt64()));
        Assert.Equal(16, map.GetProperty("cells").GetArrayLength());
        JsonElement seen = (await GetAsync("devices/views/clients"))[0];
        Assert.Equal(("seen", 8 << 20), (seen.GetProperty("name").GetString(), seen.GetProperty("vramBytes").GetInt32()));
        JsonElement found = (await GetAsync("devices/views/objects?text=NEED&domain=vram&pinned=false")).GetProperty("objects");
        Assert.Equal(1, found.GetArrayLength());
        ulong id = (await texture.GetInfoAsync(cancel)).Id;
        Assert.True((await GetAsync($"devices/views/objects/{id}")).GetProperty("history").GetArrayLength() > 0);
        Assert.Contains("needle", await _service.Http.GetStringAsync("devices/views/dump", cancel), StringComparison.Ordinal);
        while ((await GetAsync("devices/views/rates")).GetArrayLength() == 0)
        {
            await Task.Delay(20, cancel); // The first sample is taken when the sampler's turn has come.
        }

        JsonElement openApi = (await _service.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", cancel)).GetProperty("paths");
        Assert.True(openApi.EnumerateObject().Count() >= 30);
        string metrics = await _service.Http.GetStringAsync("/metrics", cancel);
        Assert.Contains("gpumm_evictions", metrics, StringComparison.Ordinal);
        Assert.Contains("gpumm_simulated=\"", metrics, StringComparison.Ordinal);
        Assert.Equal("Healthy", await _service.Http.GetStringAsync("/healthz/ready", cancel));
    }

    [Fact]
    public async Task EventsAreStreamedAndResumed()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using GpuMmConnection service = GpuMmConnection.ToAddress(_service.Address);
        await using GpuMmClient client = await service.OpenClientAsync("events", new ClientSettings { Name = "watched" }, cancel);
        await using IAsyncEnumerator<DeviceEvents> watch = service.WatchAsync("events", 0, "objectCreated", cancel).GetAsyncEnumerator(cancel);
        await client.CreateAsync(new NewObject { Size = 4096, Name = "one" }, cancel);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("one", watch.Current.Events[0].Name);
        ulong last = watch.Current.Last;
        await client.CreateAsync(new NewObject { Size = 4096, Name = "two" }, cancel);
        using HttpRequestMessage resume = new(HttpMethod.Get, "devices/events/events/stream?kinds=objectCreated");
        resume.Headers.Add("Last-Event-ID", last.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using HttpResponseMessage response = await _service.Http.SendAsync(resume, HttpCompletionOption.ResponseHeadersRead, cancel);
        using StreamReader lines = new(await response.Content.ReadAsStreamAsync(cancel));
        Assert.Equal("event: events", await lines.ReadLineAsync(cancel));
        string data = (await lines.ReadLineAsync(cancel))!;
        Assert.Contains("\"two\"", data, StringComparison.Ordinal);
        Assert.DoesNotContain("\"one\"", data, StringComparison.Ordinal);
        Assert.StartsWith("id: ", await lines.ReadLineAsync(cancel), StringComparison.Ordinal);

        // More than the ring holds: the gap is told, not hidden.
        for (int i = 0; i < 50; i++)
        {
            GpuMmObject made = await client.CreateAsync(new NewObject { Size = 4096 }, cancel);
            await made.DestroyAsync(cancel);
        }

        JsonElement batch = await GetAsync("devices/events/events?after=1&max=10");
        Assert.True(batch.GetProperty("missed").GetInt64() > 0);
    }

    [Fact]
    public async Task AWorkloadMakesSomethingToSeeAndStops()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using HttpResponseMessage started = await _service.Http.PostAsJsonAsync("devices/busy/workloads", new { name = "demo", framesPerSecond = 200, oversubscription = 2 }, cancel);
        Assert.Equal(HttpStatusCode.Created, started.StatusCode);
        JsonElement run;
        do
        {
            await Task.Delay(50, cancel);
            run = (await GetAsync("workloads"))[0];
            Assert.False(run.TryGetProperty("failure", out JsonElement failure), failure.ToString());
        }
        while (run.GetProperty("frames").GetInt64() < 50);
        Assert.Equal(3, (await GetAsync("devices/busy/clients")).GetArrayLength());
        Assert.True((await GetAsync("devices/busy/events?kinds=evicted&max=10000")).GetProperty("events").GetArrayLength() > 0);
        Assert.Empty((await PostAsync("devices/busy/validate")).GetProperty("problems").EnumerateArray());
        using HttpResponseMessage stopped = await _service.Http.DeleteAsync("workloads/1", cancel);
        Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        while ((await GetAsync("devices/busy/clients")).GetArrayLength() > 0)
        {
            await Task.Delay(20, cancel);
        }
    }

    [Fact]
    public async Task ASocketServesToo()
    {
        using Folder folder = new(isInMemory: true); // Its path is short, which that of other temporary files need not be.
        string path = Path.Combine(folder.Path, "gpumm.sock");
        using ServeProcess service = await ServeProcess.StartAsync("--socket", path);
        (int exitCode, string output, string error) = await ServeProcess.RunAsync("client", "--connect", $"unix:{path}");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("bytes are right", output, StringComparison.Ordinal);
        (exitCode, _, error) = await ServeProcess.RunAsync("client", "--connect", $"http://unix:{path}"); // As the service prints it.
        Assert.Equal((0, ""), (exitCode, error));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        (exitCode, _, error) = await ServeProcess.RunAsync("serve", "--socket", path);
        Assert.Equal(2, exitCode);
        Assert.Contains("another service listens there", error, StringComparison.Ordinal);
    }

    private Task<JsonElement> GetAsync(string path) => _service.Http.GetFromJsonAsync<JsonElement>(path);

    private async Task<JsonElement> PostAsync(string path)
    {
        using HttpResponseMessage response = await _service.Http.PostAsync(new Uri(path, UriKind.Relative), null);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>One service for all tests of the class.</summary>
    public sealed class OneService : IAsyncLifetime
    {
        internal ServeProcess Service { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            const string Size = "vram=16MiB,aperture=64MiB,system=64MiB";
            Service = await ServeProcess.StartAsync(
                "--gpu", $"gpu0:{Size}", "--gpu", $"views:{Size}", "--gpu", $"events:{Size},EventCapacity=64", "--gpu", $"busy:{Size}",
                "--set", "GpuMm:Telemetry:Prometheus=true", "--set", "GpuMm:PublishHardwareMetrics=true");
        }

        public ValueTask DisposeAsync()
        {
            Service.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
