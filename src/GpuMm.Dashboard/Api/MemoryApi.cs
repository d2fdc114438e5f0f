using System;
using System.Buffers;
using System.Globalization;
using System.Threading.Tasks;
using GpuMm.Dashboard.Service;
using GpuMm.Hosting.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GpuMm.Dashboard.Api;

/// <summary>Reads and writes of a client's CPU: through page table and fault handler.</summary>
internal static class MemoryApi
{
    private const string Octets = "application/octet-stream";

    public static void Map(RouteGroupBuilder device)
    {
        RouteGroupBuilder client = device.MapGroup("/clients/{client:int}").WithTags("Memory");
        client.MapGet("/objects/{handle}/bytes", static (ClientScope scope, uint handle, HttpContext context, ServiceLimits limits, ulong offset = 0, int length = 4096) =>
            ReadAsync(context, limits, length, into => scope.Session.ReadObject(handle, offset, into.Span)))
            .WithSummary("Reads from an object through its mapping, which is made if there is none.").Produces<byte[]>(200, Octets);
        client.MapPut("/objects/{handle}/bytes", static (ClientScope scope, uint handle, HttpContext context, ServiceLimits limits, ulong offset = 0) =>
            WriteAsync(scope, context, limits, from => scope.Session.WriteObject(handle, offset, from.Span)))
            .WithSummary("Writes into an object through its mapping, which is made if there is none.").Accepts<byte[]>(Octets).Produces(StatusCodes.Status204NoContent);
        client.MapGet("/memory/{address}", static (ClientScope scope, string address, HttpContext context, ServiceLimits limits, int length = 4096) =>
        {
            ulong at = AddressOf(address);
            return ReadAsync(context, limits, length, into => scope.Session.Read(at, into.Span));
        }).WithSummary("Reads by address, as a program does.").Produces<byte[]>(200, Octets).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        client.MapPut("/memory/{address}", static (ClientScope scope, string address, HttpContext context, ServiceLimits limits) =>
        {
            ulong at = AddressOf(address);
            return WriteAsync(scope, context, limits, from => scope.Session.Write(at, from.Span));
        }).WithSummary("Writes by address, within one mapping.").Accepts<byte[]>(Octets).Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static ulong AddressOf(string text)
    {
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return ulong.TryParse(isHex ? text.AsSpan(2) : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out ulong address)
            ? address
            : throw new ApiException(StatusCodes.Status400BadRequest, $"'{text}' is no address; write one such as 0x200000.");
    }

    private static async Task ReadAsync(HttpContext context, ServiceLimits limits, int length, Func<Memory<byte>, SessionError?> read)
    {
        if (length < 0 || length > limits.MaxReadBytes)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"length is {length}; give 0 to {limits.MaxReadBytes}, and read more in pieces.");
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            ApiException.ThrowIf(read(buffer.AsMemory(0, length)));
            context.Response.ContentType = Octets;
            context.Response.ContentLength = length;
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, length), context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task WriteAsync(ClientScope scope, HttpContext context, ServiceLimits limits, Func<ReadOnlyMemory<byte>, SessionError?> write)
    {
        if (context.Request.ContentLength is { } announced && announced > limits.MaxBodyBytes)
        {
            throw new ApiException(StatusCodes.Status413PayloadTooLarge, $"The body has {announced} bytes and may have {limits.MaxBodyBytes}; send it in pieces.");
        }

        using BodyBuffer body = await BodyBuffer.ReadAsync(context.Request.BodyReader, limits.MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
        ApiException.ThrowIf(write(body.Bytes));
        await scope.Gpu.KeepAsync().ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
