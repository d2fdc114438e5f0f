using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Threading;

namespace GpuMm.Benchmarks.Service;

/// <summary>
/// <c>viewer</c>: what a browser that looks at the overview costs the service. A workload draws as fast as it can; rounds with
/// and without a viewer alternate, so that whatever else the machine does meets both.
/// </summary>
internal static class ViewerCommand
{
    private const int Rounds = 5;
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(6);

    public static int Run()
    {
        string program = Path.Combine(Root(), "src/GpuMm.Cli/bin/Release/net10.0/GpuMm.Cli.dll");
        if (!File.Exists(program))
        {
            Console.Error.WriteLine("viewer: gpumm is not built; run 'dotnet build src/GpuMm.Cli -c Release' first.");
            return 2;
        }

        using Process service = Start("dotnet", program, "serve", "--listen", "http://127.0.0.1:5281", "--gpu", "gpu0:machine=pcie3x16,vram=256MiB,aperture=256MiB,system=2GiB");
        try
        {
            using HttpClient http = new() { BaseAddress = new Uri("http://127.0.0.1:5281/api/v1/") };
            Await(http);
            using StringContent body = new("""{"name":"demo","framesPerSecond":1000}""", Encoding.UTF8, "application/json");
            http.PostAsync(new Uri("devices/gpu0/workloads", UriKind.Relative), body).GetAwaiter().GetResult().EnsureSuccessStatusCode();
            Thread.Sleep(s_settle);
            List<(double Frames, double Cpu)> alone = [];
            List<(double Frames, double Cpu)> watched = [];
            for (int i = 0; i < Rounds; i++)
            {
                alone.Add(Measure(http, service));
                using Process browser = Browser();
                Thread.Sleep(s_settle);
                watched.Add(Measure(http, service));
                browser.Kill(entireProcessTree: true);
                browser.WaitForExit();
                Thread.Sleep(s_settle);
            }

            Print("alone", alone);
            Print("one viewer", watched);
            double ratio = Median(watched.Select(static each => each.Frames)) / Median(alone.Select(static each => each.Frames));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"slower by {1 - ratio:0.0 %} (target: under 2 %); the browser itself ran on the same {Environment.ProcessorCount} cores"));
        }
        finally
        {
            service.Kill(entireProcessTree: true);
        }

        return 0;
    }

    private static (double Frames, double Cpu) Measure(HttpClient http, Process service)
    {
        long frames = Frames(http);
        service.Refresh();
        TimeSpan cpu = service.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        Thread.Sleep(s_round);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        service.Refresh();
        return ((Frames(http) - frames) / seconds, (service.TotalProcessorTime - cpu).TotalSeconds / seconds);
    }

    private static long Frames(HttpClient http)
    {
        using JsonDocument runs = JsonDocument.Parse(http.GetStringAsync(new Uri("workloads", UriKind.Relative)).GetAwaiter().GetResult());
        return runs.RootElement[0].GetProperty("frames").GetInt64();
    }

    private static void Await(HttpClient http)
    {
        for (int i = 0; i < 300; i++)
        {
            try
            {
                http.GetStringAsync(new Uri("devices", UriKind.Relative)).GetAwaiter().GetResult();
                return;
            }
            catch (HttpRequestException)
            {
                Thread.Sleep(100);
            }
        }

        throw new InvalidOperationException("viewer: the service did not answer within 30 s; is port 5281 taken?");
    }

    private static Process Browser()
    {
        string profile = Directory.CreateTempSubdirectory("gpumm-viewer-").FullName;
        return Start(
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", $"--user-data-dir={profile}", "http://127.0.0.1:5281/");
    }

    private static Process Start(string name, params ReadOnlySpan<string> arguments)
    {
        ProcessStartInfo start = new(name) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private static void Print(string name, List<(double Frames, double Cpu)> rounds) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-10} {Median(rounds.Select(static each => each.Frames)),8:0.0} frames/s  {Median(rounds.Select(static each => each.Cpu)),6:0.000} cores used by the service (medians of {Rounds} rounds)"));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "GpuMm.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("viewer: run it from the repository.");
    }
}
