using System;
using System.Globalization;
using System.Net;

namespace GpuMm.Dashboard.Service;

/// <summary>An address to listen on, read from text.</summary>
/// <param name="Address">The IP address.</param>
/// <param name="Port">The port; 0 lets the system choose.</param>
internal readonly record struct ListenAddress(IPAddress Address, int Port)
{
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Reads "http://127.0.0.1:5270", "127.0.0.1:5270", "localhost:0", "5270" or "http://[::1]:5270".</summary>
    public static ListenAddress Parse(string text)
    {
        string rest = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? text[7..].TrimEnd('/') : text;
        if (rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            throw new ServeException($"--listen {text}: the service speaks plain HTTP; listen on a loopback address and put a proxy with a certificate in front of it.");
        }

        int colon = rest.LastIndexOf(':');
        string host = colon < 0 ? "127.0.0.1" : rest[..colon].Trim('[', ']');
        string port = colon < 0 ? rest : rest[(colon + 1)..];
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            host = "127.0.0.1";
        }
        else if (host is "*" or "+")
        {
            host = "0.0.0.0";
        }

        return IPAddress.TryParse(host, out IPAddress? address) && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
            ? new ListenAddress(address, number)
            : throw new ServeException($"--listen {text}: that is no address; write one such as http://127.0.0.1:5270.");
    }
}
