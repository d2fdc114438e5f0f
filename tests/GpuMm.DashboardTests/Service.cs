using System;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.TestKit;

namespace GpuMm.DashboardTests;

/// <summary><c>gpumm serve</c> as a process of its own, on a free port.</summary>
internal sealed partial class Service : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private readonly Process _process;

    private Service(Process process, Uri address)
    {
        _process = process;
        Address = address;
        Http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>CPU time that the process used so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<Service> StartAsync(string arguments, CancellationToken cancellationToken)
    {
        // The program is built in the configuration that the tests are built in.
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string program = Path.Combine(Repository.Root, "src/GpuMm.Cli/bin", configuration, "net10.0/GpuMm.Cli.dll");
        ProcessStartInfo start = new("dotnet") { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(program);
        foreach (string argument in $"serve --listen http://127.0.0.1:0 {arguments}".Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        StringWriter said = new();
        void Hear(object sender, DataReceivedEventArgs line)
        {
            lock (said)
            {
                said.WriteLine(line.Data);
            }

            if (line.Data is { } text && Listening().Match(text) is { Success: true } match)
            {
                listening.TrySetResult(new Uri(match.Groups["address"].Value));
            }
        }

        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new Service(process, await listening.Task.WaitAsync(s_patience, cancellationToken));
        }
        catch (TimeoutException late)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw new InvalidOperationException($"The service does not listen; it said: {said}", late);
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex("listening on (?<address>http://[0-9.:]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Listening();
}
