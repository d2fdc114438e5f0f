using System;
using Microsoft.Extensions.Logging;

namespace GpuMm.Hosting.Diagnostics;

/// <summary>What is logged; numbers are stable.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Device {Device} is ready: {Machine}, {Vram} of video memory, {Aperture} of aperture, {System} of system RAM")]
    public static partial void DeviceReady(this ILogger logger, string device, string machine, string vram, string aperture, string system);

    [LoggerMessage(2, LogLevel.Critical, "Worker {Worker} of device {Device} died; its health is red from now on")]
    public static partial void WorkerDied(this ILogger logger, Exception failure, string worker, string device);

    [LoggerMessage(3, LogLevel.Warning, "Workers did not stop in time: {Workers}")]
    public static partial void WorkersDidNotStop(this ILogger logger, string workers);

    [LoggerMessage(4, LogLevel.Warning, "Device {Device}: {Jobs} jobs had not ended within the drain timeout and were given up")]
    public static partial void JobsAbandoned(this ILogger logger, string device, ulong jobs);

    [LoggerMessage(5, LogLevel.Information, "Client {Client} of device {Device} was silent for longer than its lease and was released")]
    public static partial void LeaseExpired(this ILogger logger, int client, string device);
}
