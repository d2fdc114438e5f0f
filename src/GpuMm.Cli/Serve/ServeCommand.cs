using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Dashboard.Service;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GpuMm.Cli.Serve;

/// <summary><c>gpumm serve</c>: devices that other programs use over HTTP, and pages that show them.</summary>
internal static class ServeCommand
{
    private const string TokenVariable = "GPUMM_TOKEN";

    private static readonly Option<string[]> s_listen = new("--listen")
    {
        Description = $"Address to listen on; may be given more than once. Default: {ServeOptions.UsualAddress}. Port 0 takes a free one.",
        HelpName = "http://address:port",
    };

    private static readonly Option<string?> s_socket = new("--socket") { Description = "Listen on a Unix socket, too or only.", HelpName = "path" };

    private static readonly Option<string[]> s_gpu = new("--gpu")
    {
        Description = "A device, such as gpu0:machine=pcie3x16,vram=8GiB,aperture=4GiB,system=16GiB; may be given more than once.",
        HelpName = "name[:key=value,...]",
    };

    private static readonly Option<string?> s_config = new("--config") { Description = "Configuration as a JSON file: section GpuMm with Gpus, Limits and so on.", HelpName = "file.json" };

    private static readonly Option<string[]> s_set = new("--set") { Description = "One setting, such as GpuMm:Limits:MaxWatchers=8; may be given more than once.", HelpName = "key=value" };

    private static readonly Option<string?> s_tokenFile = new("--token-file")
    {
        Description = $"A file with the token that every request must carry; or set {TokenVariable}. Needed for any address but loopback.",
        HelpName = "file",
    };

    private static readonly Option<string?> s_state = new("--state") { Description = "Keep clients, objects and contents in this directory, so that they survive a restart.", HelpName = "directory" };

    private static readonly Option<bool> s_salvage = new("--salvage")
    {
        Description = "With --state: when a journal is damaged, go on with what was done before the damage and keep the file aside, rather than not start.",
    };

    private static readonly Option<string[]> s_workload = new("--workload")
    {
        Description = "Run a workload inside the service, so that there is something to see; such as demo or demo@gpu0; crowd is a client with very many objects.",
        HelpName = "name[@device]",
    };

    private static readonly Option<string[]> s_trace = new("--trace")
    {
        Description = "A recording that can be played as a workload, by --workload NAME or from a page; any format of 'gpumm trace'. May be given more than once.",
        HelpName = "name=file",
    };

    private static readonly Option<bool> s_noPages = new("--no-pages") { Description = "Serve the API only." };

    private static readonly Option<bool> s_verbose = new("--verbose") { Description = "Log more than warnings." };

    public static Command Create()
    {
        Command command = new("serve", "Host devices that other programs use over HTTP or a Unix socket, and pages that show them.")
        {
            s_listen, s_socket, s_gpu, s_config, s_set, s_tokenFile, s_state, s_salvage, s_workload, s_trace, s_noPages, s_verbose,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            // Requests wait for simulated engines on threads of the pool; it grows too slowly by itself.
            ThreadPool.SetMinThreads(64, 64);
            WebApplication app = GpuMmService.Build(Options(parsed));
            await using ConfiguredAsyncDisposable disposal = app.ConfigureAwait(false);
            await StartAsync(app, cancellationToken).ConfigureAwait(false);
            foreach (string address in app.Urls)
            {
                Console.Out.WriteLine($"gpumm: listening on {address}");
            }

            await app.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            return Environment.ExitCode == 0 ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (ServeException refused)
        {
            await Console.Error.WriteLineAsync($"gpumm: {refused.Message}").ConfigureAwait(false);
            return ExitCode.Usage;
        }
    }

    private static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OptionsValidationException invalid)
        {
            throw new ServeException(string.Join(" ", invalid.Failures), invalid);
        }
        catch (InvalidOperationException unbound) when (unbound.InnerException is not null || unbound.Message.Contains("configuration", StringComparison.OrdinalIgnoreCase))
        {
            throw new ServeException($"{unbound.Message} {unbound.InnerException?.Message}".ReplaceLineEndings(" ").Trim(), unbound);
        }
        catch (IOException taken)
        {
            throw new ServeException($"{taken.Message} Choose another address with --listen, or port 0 for a free one.", taken);
        }
    }

    private static ServeOptions Options(ParseResult parsed) => new()
    {
        Listen = parsed.GetValue(s_listen) ?? [],
        SocketPath = parsed.GetValue(s_socket),
        ConfigurationFile = parsed.GetValue(s_config),
        Settings = [.. (parsed.GetValue(s_gpu) ?? []).SelectMany(Settings), .. parsed.GetValue(s_set) ?? []],
        Token = Token(parsed.GetValue(s_tokenFile)),
        StateDirectory = parsed.GetValue(s_state),
        SalvagesState = parsed.GetValue(s_salvage),
        Workloads = parsed.GetValue(s_workload) ?? [],
        Traces = parsed.GetValue(s_trace) ?? [],
        HasPages = !parsed.GetValue(s_noPages),
        IsVerbose = parsed.GetValue(s_verbose),
    };

    // gpu0:machine=pcie3x16,vram=8GiB
    private static IEnumerable<string> Settings(string text)
    {
        string[] parts = text.Split(':', 2);
        string name = parts[0];
        if (name.Length == 0 || !name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            throw new ServeException($"--gpu {text}: a device is a name of letters, digits, '-' and '_', then a colon and settings, such as gpu0:vram=8GiB.");
        }

        string[] settings = parts.Length == 1 ? ["Machine=pcie3x16"] : parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return settings.Select(setting => $"GpuMm:Gpus:{name}:{setting}");
    }

    private static string? Token(string? file)
    {
        if (file is null)
        {
            return Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token ? token : null;
        }

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ServeException($"--token-file {file}: {failure.Message}", failure);
        }
    }
}
