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

    [LoggerMessage(6, LogLevel.Error, "A snapshot could not be written; the journal goes on, and it is tried again")]
    public static partial void SnapshotFailed(this ILogger logger, Exception failure);

    [LoggerMessage(7, LogLevel.Information, "Device {Device}: {Records} records of kept state were read, {Discarded} bytes of a write that was never acknowledged were dropped")]
    public static partial void StateRecovered(this ILogger logger, string device, long records, long discarded);

    [LoggerMessage(8, LogLevel.Warning, "Device {Device}: its journal is damaged; {Bytes} bytes with {Records} whole records of acknowledged state were dropped, and the damaged file was kept beside it")]
    public static partial void StateSalvaged(this ILogger logger, string device, long bytes, long records);

    [LoggerMessage(5, LogLevel.Information, "Client {Client} of device {Device} was silent for longer than its lease and was released")]
    public static partial void LeaseExpired(this ILogger logger, int client, string device);
}
