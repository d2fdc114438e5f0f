using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.RateLimiting;
using GpuMm.Dashboard.Service;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Views;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>What configuration may say, and what is said when it may not.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("Vram", "lots", "'lots' is no size", "8GiB")]
    [InlineData("Vram", "0", "GpuMm:Gpus:gpu0:Vram is 0 bytes", "4KiB")]
    [InlineData("Vram", "5000", "GpuMm:Gpus:gpu0:Vram is 5000 bytes", "multiple of 4KiB")]
    [InlineData("Aperture", "4GiB", "GpuMm:Gpus:gpu0:Aperture is 4 GiB, more than System", "or System larger")]
    [InlineData("VisibleVram", "16GiB", "GpuMm:Gpus:gpu0:VisibleVram is 16 GiB", "at most Vram")]
    [InlineData("Machine", "cray", "GpuMm:Gpus:gpu0:Machine is 'cray'", "pcie3x16")]
    [InlineData("EvictionPolicy", "whim", "EvictionPolicy is 'whim'", "lru")]
    [InlineData("MovePerSecond", "1KiB", "GpuMm:Gpus:gpu0:MovePerSecond is 1 KiB", "1MiB to 1TiB")]
    [InlineData("LowWatermarkPercent", "60", "LowWatermarkPercent is 60", "to 50")]
    [InlineData("HighWatermarkPercent", "1", "HighWatermarkPercent is 1", "more than LowWatermarkPercent (2)")]
    [InlineData("ReapPeriod", "00:10:00", "ReapPeriod is 00:10:00", "00:01:00")]
    [InlineData("Speed", "-1", "Speed is -1", "1 for real time")]
    [InlineData("MaxClients", "0", "MaxClients is 0", "1 to 4096")]
    [InlineData("EventCapacity", "7", "EventCapacity is 7", "64 to 1048576")]
    [InlineData("Vrma", "1GiB", "Vrma", "")]
    public void BadConfigurationIsRefusedWithTheKeyAndTheFix(string key, string value, string what, string fix)
    {
        using ServiceProvider services = Configured(($"Gpus:gpu0:{key}", value));
        Exception failure = Assert.ThrowsAny<Exception>(() => services.GetRequiredService<IOptionsMonitor<SimulatedGpuOptions>>().Get("gpu0"));
        string message = Chain(failure);
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains(fix, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ThrashRatio", "2", "GpuMm:ThrashRatio is 2")]
    [InlineData("DrainTimeout", "01:00:00", "GpuMm:DrainTimeout is 01:00:00")]
    [InlineData("WorkerSilenceLimit", "00:00:00.5", "GpuMm:WorkerSilenceLimit is 00:00:00.5")]
    public void SharedOptionsAreCheckedToo(string key, string value, string what)
    {
        using ServiceProvider services = Configured((key, value), ("Gpus:gpu0:Machine", "pcie3x16"));
        OptionsValidationException failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<GpuMmOptions>>().Value);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
    }

    // The limiter has a clock of its own, so what it is told is looked at: how many come in each time, and how often.
    [Theory]
    [InlineData(1, 1, 1_000)]
    [InlineData(2, 1, 500)]
    [InlineData(8, 1, 125)]
    [InlineData(10, 1, 100)]
    [InlineData(16, 1, 62.5)]
    [InlineData(20_000, 2_000, 100)]
    public void AsManyRequestsComeInAsTheLimitSaysHoweverFew(int perSecond, int atOnce, double everyMs)
    {
        TokenBucketRateLimiterOptions bucket = new ServiceLimits { RequestsPerSecond = perSecond, RequestBurst = 30 }.Bucket();
        Assert.Equal((30, atOnce, TimeSpan.FromMilliseconds(everyMs)), (bucket.TokenLimit, bucket.TokensPerPeriod, bucket.ReplenishmentPeriod));
        Assert.Equal(perSecond, bucket.TokensPerPeriod / bucket.ReplenishmentPeriod.TotalSeconds, 6);
    }

    [Fact]
    public void SeveralDevicesAreFoundByNameAndKey()
    {
        using ServiceProvider services = Configured(("Gpus:big:Vram", "64 MiB"), ("Gpus:small:Vram", "4096"));
        IGpuMmProvider provider = services.GetRequiredService<IGpuMmProvider>();
        Assert.Equal(["big", "small"], provider.Names.Order());
        Assert.Equal(64ul << 20, provider.GetGpu("big").Options.Vram.Bytes);
        Assert.Same(provider.GetGpu("small"), services.GetRequiredKeyedService<IBufferObjectManager>("small"));
        Assert.Same(provider.GetGpu("BIG"), services.GetRequiredKeyedService<SimulatedGpu>("big"));
        Assert.Same(provider.ViewOf("big"), services.GetRequiredKeyedService<DeviceSnapshotService>("big"));
        Assert.Same(provider.GetGpu(provider.Names[0]), services.GetRequiredService<IBufferObjectManager>());
        Assert.Contains("big, small", Assert.Throws<KeyNotFoundException>(() => provider.GetGpu("none")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RegisteringTwiceChangesOptionsOnly()
    {
        ServiceCollection services = [];
        services.AddGpuMm().AddGpu("gpu0", static gpu => gpu.Vram = ByteCount.MiB(1));
        services.AddGpuMm().AddGpu("GPU0").AddGpu("gpu0", static gpu => gpu.Vram = ByteCount.MiB(2));
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal(["gpu0"], provider.GetRequiredService<IGpuMmProvider>().Names);
        Assert.Equal(2ul << 20, provider.GetRequiredService<IGpuMmProvider>().GetGpu("gpu0").Options.Vram.Bytes);
        Assert.Throws<ArgumentException>(() => services.AddGpuMm().AddGpu("no/such name"));
    }

    private static ServiceProvider Configured(params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(static each => KeyValuePair.Create<string, string?>($"GpuMm:{each.Key}", each.Value))).Build();
        ServiceCollection services = [];
        services.AddGpuMm(configuration);
        return services.BuildServiceProvider();
    }

    private static string Chain(Exception? failure) => failure is null ? "" : $"{failure.Message} {Chain(failure.InnerException)}";
}
