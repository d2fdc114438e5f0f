using System;
using System.CommandLine;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Client;

namespace GpuMm.Cli.Client;

/// <summary><c>gpumm client</c>: a sample of the typed client, against a service that runs.</summary>
internal static class ClientCommand
{
    private const int SizeBytes = 1 << 20;

    private static readonly Option<string> s_connect = new("--connect")
    {
        Description = "The service: an address, or unix:PATH.",
        HelpName = "http://address:port|unix:path",
        DefaultValueFactory = static _ => "http://127.0.0.1:5270",
    };

    private static readonly Option<string> s_device = new("--device") { Description = "The device.", HelpName = "name", DefaultValueFactory = static _ => "gpu0" };

    private static readonly Option<bool> s_hold = new("--hold") { Description = "Keep everything until the program is stopped; however it ends, the service releases all." };

    public static Command Create()
    {
        Command command = new("client", "A sample client: create a texture, write and read it through the fault handler, let the GPU use it.") { s_connect, s_device, s_hold };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string to = parsed.GetValue(s_connect)!;
        to = to.StartsWith("http://unix:", StringComparison.Ordinal) ? to["http://".Length..] : to; // As the service prints it.
        bool isSocket = to.StartsWith("unix:", StringComparison.Ordinal);
        Uri? address = null;
        if (!isSocket && !(Uri.TryCreate(to, UriKind.Absolute, out address) && address.Scheme is "http" or "https"))
        {
            await Console.Error.WriteLineAsync($"gpumm: --connect {to}: give an address such as http://127.0.0.1:5270, or unix:PATH.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        try
        {
            string? token = Environment.GetEnvironmentVariable("GPUMM_TOKEN");
            using GpuMmConnection service = isSocket ? GpuMmConnection.ToSocket(to[5..], token) : GpuMmConnection.ToAddress(address!, token);
            await SampleAsync(service, parsed.GetValue(s_device)!, parsed.GetValue(s_hold), cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (GpuMmException refused)
        {
            await Console.Error.WriteLineAsync($"gpumm: the service refused ({refused.Status}): {refused.Message}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
        catch (HttpRequestException unreachable)
        {
            await Console.Error.WriteLineAsync($"gpumm: {to}: {unreachable.Message} Start a service with 'gpumm serve'.").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    private static async Task SampleAsync(GpuMmConnection service, string device, bool isHeld, CancellationToken cancellationToken)
    {
        GpuMmClient client = await service.OpenClientAsync(device, new ClientSettings { Name = "gpumm client" }, cancellationToken).ConfigureAwait(false);
        try
        {
            GpuMmObject texture = await client.CreateAsync(new NewObject { Size = SizeBytes, Name = "sample" }, cancellationToken).ConfigureAwait(false);
            byte[] pixels = new byte[SizeBytes];
            new Random(1).NextBytes(pixels);
            await texture.WriteAsync(0, pixels, cancellationToken).ConfigureAwait(false);
            ulong fence = await client.SubmitAsync([new JobUse(texture)], TimeSpan.FromMilliseconds(2), cancellationToken).ConfigureAwait(false);
            FenceState state = await client.WaitAsync(fence, TimeSpan.FromSeconds(5), cancellationToken).ConfigureAwait(false);
            ObjectInfo info = await texture.GetInfoAsync(cancellationToken).ConfigureAwait(false);
            byte[] back = await texture.ReadAsync(0, SizeBytes, cancellationToken).ConfigureAwait(false);
            bool isSame = back.AsSpan().SequenceEqual(pixels);
            await Console.Out.WriteLineAsync($"client {client.Id}: handle {texture.Handle}, object {info.Id}, {info.SizeBytes} bytes in {info.Domain} at 0x{info.OffsetBytes:x}; job {fence} {(state.IsSignaled ? "done" : "pending")}; bytes {(isSame ? "are right" : "DIFFER")}").ConfigureAwait(false);
            if (isHeld)
            {
                await client.KeepingAlive.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (isHeld)
        {
            // Ctrl+C.
        }
        finally
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }
}
