using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;

namespace GpuMm.Benchmarks.Service;

/// <summary>
/// <c>viewer [PROGRAM]</c>: what a browser that looks at the overview costs the service. A workload draws as fast as it can; rounds
/// with and without a viewer alternate, so that whatever else the machine does meets both.
/// </summary>
/// <remarks>
/// With service and browser on the same cores a browser takes from the service what it takes from any program beside it. At 60
/// frames a second the work is the same with and without a viewer, so what the service's own CPU time grows by is what it spends on
/// one. With a core of its own for each, frames tell the same.
/// </remarks>
internal static class ViewerCommand
{
    private const int Rounds = 5;
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(5);

    public static int Run(string? program)
    {
        program ??= ServiceUnderTest.Program;
        if (!File.Exists(program))
        {
            Console.Error.WriteLine($"viewer: {program} is not there; run 'dotnet build src/GpuMm.Cli -c Release' first.");
            return 2;
        }

        Compare(program, "as many frames as it can, service and browser on the same cores", 1000, serviceCores: null, browserCores: null);
        Compare(program, "60 frames a second, service and browser on the same cores", 60, serviceCores: null, browserCores: null);
        if (Environment.ProcessorCount > 1 && OperatingSystem.IsLinux())
        {
            Compare(program, "as many frames as it can, a core for the service, the others for the browser", 1000, "0", $"1-{Environment.ProcessorCount - 1}");
        }

        return 0;
    }

    private static void Compare(string program, string how, int framesPerSecond, string? serviceCores, string? browserCores)
    {
        using ServiceUnderTest service = new(program, serviceCores, "gpu0:machine=pcie3x16,vram=256MiB,aperture=256MiB,system=2GiB");
        service.Post("devices/gpu0/workloads", $$"""{"name":"demo","framesPerSecond":{{framesPerSecond}}}""");
        Thread.Sleep(s_settle);
        List<Round> alone = [];
        List<Round> watched = [];
        for (int i = 0; i < Rounds; i++)
        {
            alone.Add(Measure(service, null));
            using Process browser = ServiceUnderTest.Browser(browserCores, service.Address);
            Thread.Sleep(s_settle);
            watched.Add(Measure(service, browser));
            browser.Kill(entireProcessTree: true);
            browser.WaitForExit();
            Thread.Sleep(s_settle);
        }

        Console.WriteLine($"{how} ({Rounds} rounds, medians)");
        Print("alone", alone);
        Print("one viewer", watched);
        double slower = 1 - (Median(watched, static each => each.Frames) / Median(alone, static each => each.Frames));
        double cores = Median([.. watched.Zip(alone)], static pair => pair.First.Cpu - pair.Second.Cpu);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  frames: slower by {slower:0.0%}; the service itself spends {cores:0.0000} cores on the viewer: {cores:0.00%} of a core, {cores / Environment.ProcessorCount:0.00%} of this machine"));
    }

    private static Round Measure(ServiceUnderTest service, Process? browser)
    {
        long frames = Frames(service);
        TimeSpan cpu = ServiceUnderTest.CpuOf(service.Id);
        TimeSpan browserCpu = browser is null ? default : ServiceUnderTest.CpuOf(browser.Id);
        long start = Stopwatch.GetTimestamp();
        Thread.Sleep(s_round);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Round(
            (Frames(service) - frames) / seconds,
            (ServiceUnderTest.CpuOf(service.Id) - cpu).TotalSeconds / seconds,
            browser is null ? 0 : (ServiceUnderTest.CpuOf(browser.Id) - browserCpu).TotalSeconds / seconds);
    }

    private static long Frames(ServiceUnderTest service) => service.Get("workloads")[0].GetProperty("frames").GetInt64();

    private static void Print(string name, List<Round> rounds)
    {
        double frames = Median(rounds, static each => each.Frames);
        double cpu = Median(rounds, static each => each.Cpu);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-10} {frames,7:0.0} frames/s  service {cpu:0.0000} cores, {cpu / frames * 1e6:0} us a frame  browser {Median(rounds, static each => each.BrowserCpu):0.000} cores"));
    }

    private static double Median<T>(List<T> rounds, Func<T, double> value)
    {
        double[] sorted = [.. rounds.Select(value).Order()];
        return sorted[sorted.Length / 2];
    }

    private readonly record struct Round(double Frames, double Cpu, double BrowserCpu);
}
