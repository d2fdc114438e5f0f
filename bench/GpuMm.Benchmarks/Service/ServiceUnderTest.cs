using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Threading;

namespace GpuMm.Benchmarks.Service;

/// <summary><c>gpumm serve</c> in a process of its own, and the browser that looks at it.</summary>
internal sealed class ServiceUnderTest : IDisposable
{
    private const int Port = 5281;
    private readonly Process _process;
    private readonly HttpClient _http;

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <param name="program">The program.</param>
    /// <param name="cores">Cores that it is held to, as taskset wants them; null for all.</param>
    /// <param name="gpu">What <c>--gpu</c> says.</param>
    public ServiceUnderTest(string program, string? cores, string gpu)
    {
        _process = Start(cores, "dotnet", program, "serve", "--listen", Address.ToString(), "--gpu", gpu);
        _http = new HttpClient { BaseAddress = new Uri(Address, "/api/v1/"), Timeout = TimeSpan.FromMinutes(5) };
        for (int i = 0; i < 600; i++)
        {
            try
            {
                Get("devices");
                return;
            }
            catch (HttpRequestException)
            {
                Thread.Sleep(100);
            }
        }

        Dispose();
        throw new InvalidOperationException($"The service did not answer within a minute; is port {Port} taken?");
    }

    /// <summary>The program as this repository builds it.</summary>
    public static string Program { get; } = Path.Combine(Root(), "src/GpuMm.Cli/bin/Release/net10.0/GpuMm.Cli.dll");

    /// <summary>Where it listens.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{Port}/");

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>Opens the overview in the distribution's Chromium, without a window.</summary>
    public static Process Browser(string? cores, Uri address)
    {
        string profile = Directory.CreateTempSubdirectory("gpumm-viewer-").FullName;
        return Start(
            cores, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", $"--user-data-dir={profile}", address.ToString());
    }

    /// <summary>CPU time of a process and of all that it started and that still run.</summary>
    public static TimeSpan CpuOf(int root)
    {
        Dictionary<int, (int Parent, long Ticks)> all = [];
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && StatOf(folder) is { } stat)
            {
                all[id] = stat;
            }
        }

        long ticks = 0;
        foreach ((int id, (int _, long own)) in all)
        {
            int next = id;
            while (next != root && next > 1 && all.TryGetValue(next, out (int Parent, long Ticks) above))
            {
                next = above.Parent;
            }

            ticks += next == root ? own : 0;
        }

        return TimeSpan.FromMilliseconds(ticks * 10); // USER_HZ is 100 on every Linux that .NET runs on.
    }

    public JsonElement Get(string path) => JsonSerializer.Deserialize<JsonElement>(_http.GetStringAsync(new Uri(path, UriKind.Relative)).GetAwaiter().GetResult());

    public void Post(string path, string json)
    {
        using StringContent body = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = _http.PostAsync(new Uri(path, UriKind.Relative), body).GetAwaiter().GetResult();
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose()
    {
        _http.Dispose();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static (int Parent, long Ticks)? StatOf(string folder)
    {
        try
        {
            string text = File.ReadAllText(Path.Combine(folder, "stat"));
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null; // It has ended meanwhile.
        }
    }

    private static Process Start(string? cores, string name, params ReadOnlySpan<string> arguments)
    {
        ProcessStartInfo start = new(cores is null ? name : "taskset") { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        if (cores is not null)
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(cores);
            start.ArgumentList.Add(name);
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "GpuMm.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run it from the repository.");
    }
}
