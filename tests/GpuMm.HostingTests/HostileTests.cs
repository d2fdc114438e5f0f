using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Client;
using GpuMm.Primitives;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>Malformed and hostile requests: each gets one clear problem, changes nothing, and the service goes on.</summary>
public sealed class HostileTests(HostileTests.Target target) : IClassFixture<HostileTests.Target>
{
    [Theory]
    [InlineData("POST", "@/objects", "", 400, "body")]
    [InlineData("POST", "@/objects", "{", 400, "body")]
    [InlineData("POST", "@/objects", "[1]", 400, "body")]
    [InlineData("POST", "@/objects", "{\"size\":\"lots\"}", 400, "64MiB")]
    [InlineData("POST", "@/objects", "{\"size\":-1}", 400, "64MiB")]
    [InlineData("POST", "@/objects", "{\"size\":0}", 400, "give 1 to")]
    [InlineData("POST", "@/objects", "{\"size\":1e300}", 400, "64MiB")]
    [InlineData("POST", "@/objects", "{\"size\":\"8388607TiB\"}", 400, "16 TiB")]
    [InlineData("POST", "@/objects", "{\"size\":1,\"sise\":2}", 400, "sise")]
    [InlineData("POST", "@/objects", "{\"size\":1,\"placement\":\"moon\"}", 400, "vram-or-gtt")]
    [InlineData("POST", "@/objects", "{\"size\":1,\"priority\":4}", 400, "0 (evicted first) to 3")]
    [InlineData("POST", "@/objects", "{\"size\":1,\"alignment\":3}", 400, "power of two")]
    [InlineData("POST", "@/objects", "{\"size\":1,\"kind\":\"sg\"}", 400, "device or kernel")]
    [InlineData("POST", "@/objects", "{\"size\":1,\"name\":\"a\\u0000b\"}", 400, "control character")]
    [InlineData("POST", "@/objects", "{\"size\":\"17MiB\",\"placement\":\"vram\"}", 507, "no allowed place has room")]
    [InlineData("GET", "@/objects/77", null, 404, "no handle 77")]
    [InlineData("GET", "@/objects/-1", null, 400, "")]
    [InlineData("GET", "@/objects/1/bytes?offset=65530&length=100", null, 400, "lie outside")]
    [InlineData("GET", "@/objects/1/bytes?offset=18446744073709551615&length=2", null, 400, "lie outside")]
    [InlineData("GET", "@/objects/1/bytes?length=2147483647", null, 400, "in pieces")]
    [InlineData("GET", "@/memory/0x1000?length=8", null, 422, "SIGSEGV")]
    [InlineData("GET", "@/memory/0xffffffffffffffff?length=8", null, 422, "SIGSEGV")]
    [InlineData("GET", "@/memory/grass", null, 400, "no address")]
    [InlineData("PUT", "@/memory/0x0", "x", 422, "SIGSEGV")]
    [InlineData("POST", "@/submit", "{\"uses\":[{\"handle\":1},{\"handle\":1}]}", 400, "name each once")]
    [InlineData("POST", "@/submit", "{\"uses\":[null]}", 400, "uses")]
    [InlineData("POST", "@/submit", "{\"uses\":[{\"handle\":9}]}", 404, "no handle 9")]
    [InlineData("POST", "@/submit", "{\"uses\":[],\"gpuMicroseconds\":1e99}", 400, "gpuMicroseconds")]
    [InlineData("GET", "@/fences/99999", null, 404, "never issued")]
    [InlineData("POST", "@/objects/1/unpin", null, 409, "not pinned")]
    [InlineData("DELETE", "@/objects/1/map", null, 409, "not mapped")]
    [InlineData("POST", "devices/gpu9/clients", "{\"name\":\"x\"}", 404, "gpu0")]
    [InlineData("POST", "devices/gpu0/clients", "{\"name\":\"\"}", 400, "1 to 128")]
    [InlineData("POST", "devices/gpu0/clients", "{\"name\":null}", 400, "")]
    [InlineData("POST", "devices/gpu0/clients", "{\"name\":\"x\",\"leaseSeconds\":0.001}", 400, "leaseSeconds")]
    [InlineData("GET", "devices/gpu0/heap/vram?cells=0", null, 400, "1 to 4096")]
    [InlineData("GET", "devices/gpu0/heap/moon", null, 400, "vram or gtt")]
    [InlineData("GET", "devices/gpu0/objects?limit=100000", null, 400, "1000")]
    [InlineData("GET", "devices/gpu0/events?kinds=weather", null, 400, "evicted")]
    [InlineData("GET", "devices/gpu0/objects/123456", null, 404, "no object")]
    [InlineData("POST", "devices/gpu0/workloads", "{\"name\":\"crypto\"}", 400, "demo")]
    [InlineData("GET", "nothing/here", null, 404, "")]
    public async Task BadRequestsGetAProblemAndChangeNothing(string method, string path, string? body, int status, string detail)
    {
        using HttpResponseMessage response = await target.SendAsync(method, path.Replace("@", target.Client, StringComparison.Ordinal), body);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(detail, text.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        JsonElement client = await target.Service.Http.GetFromJsonAsync<JsonElement>("devices/gpu0/clients", TestContext.Current.CancellationToken);
        Assert.Equal(1, client.GetArrayLength());
        Assert.Equal(1, client[0].GetProperty("objects").GetInt32());
    }

    [Fact]
    public async Task StrangersAreTurnedAway()
    {
        Assert.Equal(HttpStatusCode.Forbidden, await target.StatusAsync("GET", target.Client, null, key: "wrong"));
        Assert.Equal(HttpStatusCode.Forbidden, await target.StatusAsync("DELETE", $"{target.Client}/objects/1", null, key: null));
        Assert.Equal(HttpStatusCode.Forbidden, await target.StatusAsync("POST", $"{target.Client}/objects", "{\"size\":1}", header: ("Origin", "http://evil.example")));
        Assert.Equal((HttpStatusCode)421, await target.StatusAsync("GET", "devices", null, header: ("Host", "evil.example")));
        Assert.Equal(HttpStatusCode.NotFound, await target.StatusAsync("POST", "devices/gpu0/workloads", "{\"name\":\"crowd\",\"group\":\"none\"}"));
        foreach (string path in (string[])["devices", "devices/none"])
        {
            using HttpResponseMessage plain = await target.SendAsync("GET", path, null);
            Assert.Equal("nosniff", string.Join(' ', plain.Headers.GetValues("X-Content-Type-Options")));
        }

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await target.StatusAsync("POST", $"{target.Client}/objects", "{\"size\":1}", contentType: "text/plain"));
        Assert.Equal(HttpStatusCode.OK, await target.StatusAsync("GET", "devices", null, header: ("Origin", target.Service.Address.GetLeftPart(UriPartial.Authority))));
    }

    [Fact]
    public async Task LimitsHold()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await using Target own = new();
        await own.InitializeAsync();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await own.StatusAsync("PUT", $"{own.Client}/objects/1/bytes", new string('x', 70_000)));
        for (int i = 1; i < 40; i++)
        {
            Assert.Equal(HttpStatusCode.Created, await own.StatusAsync("POST", $"{own.Client}/objects", "{\"size\":1}"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await own.StatusAsync("POST", $"{own.Client}/objects", "{\"size\":1}"));
        for (int i = 1; i < 4; i++)
        {
            Assert.Equal(HttpStatusCode.Created, await own.StatusAsync("POST", "devices/gpu0/clients", "{\"name\":\"more\"}"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await own.StatusAsync("POST", "devices/gpu0/clients", "{\"name\":\"more\"}"));
        using HttpResponseMessage first = await own.Service.Http.GetAsync("devices/gpu0/events/stream?after=0", HttpCompletionOption.ResponseHeadersRead, cancel);
        using HttpResponseMessage second = await own.Service.Http.GetAsync("devices/gpu0/events/stream?after=0", HttpCompletionOption.ResponseHeadersRead, cancel);
        using HttpResponseMessage third = await own.Service.Http.GetAsync("devices/gpu0/events/stream?after=0", HttpCompletionOption.ResponseHeadersRead, cancel);
        Assert.Equal([200, 200, 429], new[] { first, second, third }.Select(static each => (int)each.StatusCode));
    }

    [Fact]
    public async Task RatesConnectionsAndLeasesAreLimitedToo()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using ServeProcess service = await ServeProcess.StartAsync(
            "--set", "GpuMm:Limits:RequestsPerSecond=1", "--set", "GpuMm:Limits:RequestBurst=30", "--set", "GpuMm:Limits:MaxConnections=4",
            "--set", "GpuMm:Limits:MaxReadBytes=1000", "--set", "GpuMm:Limits:MaxLeaseSeconds=60");
        using HttpResponseMessage opened = await service.Http.PostAsJsonAsync("devices/gpu0/clients", new { name = "test", leaseSeconds = 60 }, cancel);
        JsonElement reply = await opened.Content.ReadFromJsonAsync<JsonElement>(cancel);
        string client = $"devices/gpu0/clients/{reply.GetProperty("id")}";
        service.Http.DefaultRequestHeaders.Add("GpuMm-Client-Key", reply.GetProperty("key").GetString());
        using HttpResponseMessage lease = await service.Http.PostAsJsonAsync("devices/gpu0/clients", new { name = "test", leaseSeconds = 61 }, cancel);
        Assert.Contains("give 1 to 60", await lease.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);
        using HttpResponseMessage made = await service.Http.PostAsJsonAsync($"{client}/objects", new { size = 4096 }, cancel);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using HttpResponseMessage much = await service.Http.GetAsync($"{client}/objects/1/bytes?length=1001", cancel);
        Assert.Contains("give 0 to 1000", await much.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);

        // One connection is in use; of four more three are heard and one, whichever is met last, is closed unheard.
        TcpClient[] taken = [.. Enumerable.Range(0, 4).Select(static _ => new TcpClient())];
        List<Task<int>> reads = [];
        foreach (TcpClient each in taken)
        {
            await each.ConnectAsync(IPAddress.Loopback, service.Address.Port, cancel);
            reads.Add(each.GetStream().ReadAsync(new byte[1], cancel).AsTask());
        }

        Task<int> refused = await Task.WhenAny(reads);
        Assert.Equal(0, await refused);
        foreach (TcpClient each in taken.Where((_, i) => reads[i] != refused))
        {
            await each.GetStream().WriteAsync("GET /healthz/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), cancel);
        }

        Assert.All(await Task.WhenAll(reads.Where(each => each != refused)), static count => Assert.Equal(1, count));
        Array.ForEach(taken, static each => each.Dispose());

        // Who asks more often than once a second is told to wait as soon as his burst is used up; after that he is answered again.
        HttpStatusCode status = HttpStatusCode.OK;
        int answered = 0;
        while (status == HttpStatusCode.OK && answered < 1000)
        {
            using HttpResponseMessage next = await service.Http.GetAsync("devices", cancel);
            status = next.StatusCode;
            answered += status == HttpStatusCode.OK ? 1 : 0;
            Assert.Equal(status == HttpStatusCode.TooManyRequests, next.Headers.RetryAfter is not null);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        while (status == HttpStatusCode.TooManyRequests)
        {
            await Task.Delay(100, cancel);
            using HttpResponseMessage next = await service.Http.GetAsync("devices", cancel);
            status = next.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task GarbageOnTheWireDoesNotHurt()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        Prng random = new(11);
        string[] starts = ["", "GET / HTTP/9.9\r\n\r\n", "POST /api/v1/devices/gpu0/clients HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n", "PUT /api/v1 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"];
        for (int i = 0; i < 40; i++)
        {
            using TcpClient raw = new();
            await raw.ConnectAsync(IPAddress.Loopback, target.Service.Address.Port, cancel);
            byte[] noise = new byte[200];
            for (int k = 0; k < noise.Length; k++)
            {
                noise[k] = (byte)random.Below(256);
            }

            await raw.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(starts[i % starts.Length]), .. noise], cancel);
            raw.Client.LingerState = new LingerOption(true, 0);
        }

        Assert.Equal("Healthy", await target.Service.Http.GetStringAsync("/healthz/live", cancel));
        Assert.Equal(HttpStatusCode.OK, await target.StatusAsync("GET", $"{target.Client}/objects/1", null));
    }

    [Fact]
    public async Task OtherAddressesNeedATokenAndTokensAreChecked()
    {
        (int exitCode, string output, string error) = await ServeProcess.RunAsync("serve", "--listen", "http://0.0.0.0:0");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("--token-file", error, StringComparison.Ordinal);
        using Folder folder = new();
        string file = Path.Combine(folder.Path, "token");
        await File.WriteAllTextAsync(file, "short\n", TestContext.Current.CancellationToken);
        (exitCode, _, error) = await ServeProcess.RunAsync("serve", "--token-file", file);
        Assert.Equal(2, exitCode);
        Assert.Contains("16 characters", error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "a-secret-of-many-characters\n", TestContext.Current.CancellationToken);
        using ServeProcess guarded = await ServeProcess.StartAsync("--token-file", file, "--listen", "0.0.0.0:0");
        using HttpResponseMessage refused = await guarded.Http.GetAsync(new Uri("devices", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
        using GpuMmConnection known = GpuMmConnection.ToAddress(guarded.Address, "a-secret-of-many-characters");
        await using GpuMmClient client = await known.OpenClientAsync("gpu0", new ClientSettings { Name = "known" }, TestContext.Current.CancellationToken);
        Assert.Equal(1, client.Id);
    }

    [Theory]
    [InlineData("--listen", "https://127.0.0.1:1", "plain HTTP")]
    [InlineData("--listen", "nowhere", "that is no address")]
    [InlineData("--gpu", "gpu0:vram=lots", "8GiB")]
    [InlineData("--gpu", "gpu0:vrma=1GiB", "vrma")]
    [InlineData("--gpu", "gpu0:machine=cray", "pcie3x16")]
    [InlineData("--config", "/nowhere.json", "no such file")]
    [InlineData("--set", "oops", "KEY=VALUE")]
    [InlineData("--workload", "nope", "there is demo, crowd")]
    [InlineData("--workload", "demo@gpu9", "there is no device 'gpu9'")]
    [InlineData("--token-file", "/nowhere", "--token-file /nowhere")]
    [InlineData("--socket", "/tmp/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789.sock", "too long for a socket")]
    [InlineData("--trace", "oops", "NAME=FILE")]
    [InlineData("--trace", "game=/nowhere.gmmt", "/nowhere.gmmt")]
    [InlineData("--trace", "demo=/dev/null", "--trace demo=/dev/null")]
    [InlineData("--set", "GpuMm:Limits:MaxConnections=0", "GpuMm:Limits:MaxConnections is 0; give 1 to 65536")]
    [InlineData("--set", "GpuMm:Limits:RequestsPerSecond=0", "GpuMm:Limits:RequestsPerSecond is 0; give 1 to 1000000")]
    [InlineData("--set", "GpuMm:Limits:MaxBodyBytes=1", "GpuMm:Limits:MaxBodyBytes is 1; give 4096 to")]
    [InlineData("--set", "GpuMm:Limits:MaxJsonBytes=99999999", "GpuMm:Limits:MaxJsonBytes is 99999999; give 4096 to 33554432")]
    [InlineData("--set", "GpuMm:Limits:MaxLeaseSeconds=0.5", "GpuMm:Limits:MaxLeaseSeconds is 0.5; give 1 to 604800")]
    public async Task AServiceThatCannotWorkSaysWhyOnOneLine(string option, string value, string what)
    {
        (int exitCode, string output, string error) = await ServeProcess.RunAsync("serve", option, value);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("gpumm: ", error, StringComparison.Ordinal);
        Assert.Contains(what, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    /// <summary>A service with low limits, and a client with one object. Tests that share it leave it as it was.</summary>
    public sealed class Target : IAsyncLifetime
    {
        private string _key = "";

        internal ServeProcess Service { get; private set; } = null!;

        internal string Client { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Service = await ServeProcess.StartAsync("--gpu", "gpu0:vram=16MiB,MaxClients=4,MaxObjectsPerClient=50", "--set", "GpuMm:Limits:MaxBodyBytes=65536", "--set", "GpuMm:Limits:MaxWatchers=2", "--set", "GpuMm:Limits:MaxJsonBytes=65536");
            using HttpResponseMessage opened = await Service.Http.PostAsJsonAsync("devices/gpu0/clients", new { name = "test", maxObjects = 40, leaseSeconds = 3600 });
            JsonElement reply = await opened.Content.ReadFromJsonAsync<JsonElement>();
            Client = $"devices/gpu0/clients/{reply.GetProperty("id")}";
            _key = reply.GetProperty("key").GetString()!;
            Assert.Equal(HttpStatusCode.Created, await StatusAsync("POST", $"{Client}/objects", "{\"size\":\"64KiB\"}"));
        }

        public ValueTask DisposeAsync()
        {
            Service.Dispose();
            return ValueTask.CompletedTask;
        }

        internal async Task<HttpStatusCode> StatusAsync(string method, string path, string? body, (string Name, string Value)? header = null, string contentType = "application/json", string? key = "")
        {
            using HttpResponseMessage response = await SendAsync(method, path, body, header, contentType, key);
            return response.StatusCode;
        }

        internal Task<HttpResponseMessage> SendAsync(string method, string path, string? body, (string Name, string Value)? header = null, string contentType = "application/json", string? key = "")
        {
            HttpRequestMessage request = new(new HttpMethod(method), path);
            if (body is not null)
            {
                request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(path.Contains("/memory/", StringComparison.Ordinal) || path.EndsWith("/bytes", StringComparison.Ordinal) ? "application/octet-stream" : contentType);
            }

            if (header is { } extra)
            {
                request.Headers.TryAddWithoutValidation(extra.Name, extra.Value);
            }

            if (key is not null)
            {
                request.Headers.Add("GpuMm-Client-Key", key.Length == 0 ? _key : key);
            }

            return Service.Http.SendAsync(request);
        }
    }
}
