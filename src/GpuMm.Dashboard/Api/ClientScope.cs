using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GpuMm.Dashboard.Api;

/// <summary>The client that a request acts for: found by the address, proved by the key. Its lease begins anew.</summary>
internal sealed class ClientScope
{
    /// <summary>The header that carries a client's key.</summary>
    public const string KeyHeader = "GpuMm-Client-Key";

    private ClientScope(SimulatedGpu gpu, GpuSession session)
    {
        Gpu = gpu;
        Session = session;
    }

    public SimulatedGpu Gpu { get; }

    public GpuSession Session { get; }

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public static ValueTask<ClientScope?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        string device = (string)context.Request.RouteValues["device"]!;
        SimulatedGpu gpu = DeviceOf(context, device);
        string text = (string)context.Request.RouteValues["client"]!;
        GpuSession? session = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? gpu.FindSession(id) : null;
        if (session?.KeyHash is not { } hash)
        {
            throw new ApiException(StatusCodes.Status404NotFound, $"Device {device} has no client {text} (it was closed, its lease ran out, or it never was); open a new one.");
        }

        string key = context.Request.Headers[KeyHeader].ToString();
        if (key.Length == 0 || key.Length > 256 || !CryptographicOperations.FixedTimeEquals(hash, HashOf(key)))
        {
            throw new ApiException(StatusCodes.Status403Forbidden, $"The header {KeyHeader} must carry the key that opening client {id} answered.");
        }

        session.Touch();
        return ValueTask.FromResult<ClientScope?>(new ClientScope(gpu, session));
    }

    public static SimulatedGpu DeviceOf(HttpContext context, string device)
    {
        IGpuMmProvider provider = context.RequestServices.GetRequiredService<IGpuMmProvider>();
        return provider.TryGet(device, out SimulatedGpu? gpu)
            ? gpu!
            : throw new ApiException(StatusCodes.Status404NotFound, $"There is no device '{device}'; there {(provider.Names.Count == 1 ? "is" : "are")} {string.Join(", ", provider.Names)}.");
    }
}
