using System;
using System.IO;
using System.Net.Sockets;

namespace GpuMm.Dashboard.Service;

/// <summary>The file of a Unix socket: whoever may write to it may use the service.</summary>
internal static class UnixSocket
{
    /// <summary>Removes a socket that nobody listens on any more.</summary>
    /// <exception cref="ServeException">The path is too long, somebody listens, or the file is something else.</exception>
    public static void MakeRoom(string path)
    {
        UnixDomainSocketEndPoint end;
        try
        {
            end = new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException tooLong)
        {
            throw new ServeException($"--socket {path}: that path is too long for a socket, which has room for about a hundred bytes; give a shorter one.", tooLong);
        }

        if (!File.Exists(path))
        {
            return;
        }

        if ((File.GetAttributes(path) & FileAttributes.Directory) != 0 || new FileInfo(path).Length > 0)
        {
            throw new ServeException($"--socket {path}: there is a file of that name that is no socket; give another path.");
        }

        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(end);
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }

        throw new ServeException($"--socket {path}: another service listens there; stop it, or give another path.");
    }

    /// <summary>Lets the user alone use the socket.</summary>
    public static void Protect(string? path)
    {
        if (path is not null && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
