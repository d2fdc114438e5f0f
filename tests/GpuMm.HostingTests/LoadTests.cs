using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Client;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>Four clients at once, as fast as they can: no error, and how long requests took.</summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Clients = 4;
    private const int LeastSteps = 120; // On a machine that does much else too, so that every kind of request comes up.

    private static readonly string[] s_kinds = ["create", "write", "read", "submit", "wait", "destroy"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FourClientsAtOnceSeeNoError(bool keepsState)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        TimeSpan duration = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("GPUMM_DEEP") == "1" ? 60 : 1);
        using Folder folder = new();
        string[] state = keepsState ? ["--state", folder.Path] : [];
        using ServeProcess service = await ServeProcess.StartAsync(["--gpu", "gpu0:vram=16MiB,aperture=128MiB,system=256MiB", "--set", "GpuMm:Telemetry:Prometheus=true", .. state]);
        using GpuMmConnection connection = GpuMmConnection.ToAddress(service.Address);
        long start = Stopwatch.GetTimestamp();
        long end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        Dictionary<string, List<double>>[] runs = await Task.WhenAll(Enumerable.Range(0, Clients).Select(seed => RunAsync(connection, seed, end, cancel)));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        output.WriteLine($"{Clients} clients, {seconds:0.0} s, state {(keepsState ? "kept (fsync before each answer)" : "not kept")}, 0 errors; ms:");
        output.WriteLine("request     count     p50     p90     p99   p99.9     max");
        foreach (string kind in runs[0].Keys)
        {
            double[] all = [.. runs.SelectMany(run => run[kind]).Order()];
            Assert.NotEmpty(all);
            output.WriteLine($"{kind,-8} {all.Length,8} {At(all, 0.5)} {At(all, 0.9)} {At(all, 0.99)} {At(all, 0.999)} {At(all, 1)}");
        }

        int total = runs.Sum(static run => run.Values.Sum(static each => each.Count));
        output.WriteLine($"total    {total,8}, {total / seconds:0} requests per second; the service used {service.CpuTime.TotalMilliseconds * 1000 / total:0} us of CPU time for each");
        string metrics = await service.Http.GetStringAsync(new Uri(service.Address, "/metrics"), cancel);
        double flushes = Counter(metrics, "gpumm_journal_flushes_total");
        Assert.Equal(keepsState, flushes > 0);
        if (keepsState)
        {
            int kept = runs.Sum(static run => run["create"].Count + run["write"].Count + run["destroy"].Count);
            output.WriteLine($"journal  {flushes:0} flushes, {Counter(metrics, "gpumm_journal_flush_time_seconds_total") * 1000 / flushes:0.00} ms each, for {kept} kept requests: the disk was busy for {Counter(metrics, "gpumm_journal_flush_time_seconds_total") / seconds:0%} of the time");
        }

        using HttpResponseMessage valid = await service.Http.PostAsync(new Uri("devices/gpu0/validate", UriKind.Relative), null, cancel);
        Assert.Contains("[]", await valid.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, List<double>>> RunAsync(GpuMmConnection connection, int seed, long end, CancellationToken cancel)
    {
        Dictionary<string, List<double>> times = s_kinds.ToDictionary(static kind => kind, static _ => new List<double>(), StringComparer.Ordinal);
        Random random = new(seed);
        await using GpuMmClient client = await connection.OpenClientAsync("gpu0", new ClientSettings { Name = $"load {seed}" }, cancel);
        List<(GpuMmObject Target, byte[] Content)> objects = [];
        byte[] bytes = new byte[4096];
        for (int step = 0; ; step++)
        {
            bool isEnding = step >= LeastSteps && Stopwatch.GetTimestamp() >= end;
            if (isEnding && objects.Count == 0)
            {
                return times;
            }

            int dice = isEnding ? 9 : objects.Count < 8 ? 0 : random.Next(objects.Count > 40 ? 10 : 9);
            int index = objects.Count == 0 ? 0 : random.Next(objects.Count);
            long start = Stopwatch.GetTimestamp();
            switch (dice)
            {
                case 0:
                    objects.Add((await client.CreateAsync(new NewObject { Size = 256 * 1024 }, cancel), new byte[4096]));
                    Note(times["create"], start);
                    break;
                case <= 3:
                    random.NextBytes(bytes);
                    await objects[index].Target.WriteAsync(8192, bytes, cancel);
                    Note(times["write"], start);
                    bytes.CopyTo(objects[index].Content, 0);
                    break;
                case <= 6:
                    byte[] found = await objects[index].Target.ReadAsync(8192, 4096, cancel);
                    Note(times["read"], start);
                    Assert.Equal(objects[index].Content, found);
                    break;
                case <= 8:
                    ulong fence = await client.SubmitAsync([.. objects.Take(8).Select(static each => new JobUse(each.Target))], TimeSpan.FromMicroseconds(50), cancel);
                    Note(times["submit"], start);
                    start = Stopwatch.GetTimestamp();
                    Assert.True((await client.WaitAsync(fence, TimeSpan.FromSeconds(30), cancel)).IsSignaled);
                    Note(times["wait"], start);
                    break;
                default:
                    await objects[index].Target.DestroyAsync(cancel);
                    Note(times["destroy"], start);
                    objects.RemoveAt(index);
                    break;
            }
        }
    }

    private static double Counter(string metrics, string name) => double.Parse(
        Regex.Match(metrics, $@"(?m)^{name}\{{[^}}]*\}} (?<value>[0-9.eE+]+)", RegexOptions.None, TimeSpan.FromSeconds(5)).Groups["value"].Value, CultureInfo.InvariantCulture);

    private static void Note(List<double> times, long start) => times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);

    private static string At(double[] sorted, double share) => $"{sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))],7:0.00}";
}
