using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using GpuMm.Dashboard.Api;
using GpuMm.Dashboard.Components;
using GpuMm.Dashboard.History;
using GpuMm.Dashboard.Live;
using GpuMm.Dashboard.Service;
using GpuMm.Dashboard.WhatIf;
using GpuMm.Dashboard.Workloads;
using GpuMm.Hosting.Registration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor.Services;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the API and the pages into a web application of one's own.</summary>
public static class GpuMmDashboardExtensions
{
    /// <summary>Adds the API, the pages and what they need. Repeating it changes nothing.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="token">What every request must carry, 16 characters or more; null for none: then only loopback names are answered.</param>
    /// <remarks>The application says where it listens, and maps the routes with <see cref="MapGpuMm"/>.</remarks>
    /// <exception cref="ArgumentException">The token is too short.</exception>
    public static IGpuMmBuilder AddDashboard(this IGpuMmBuilder builder, string? token = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (token is { Length: < 16 })
        {
            throw new ArgumentException("The token is shorter than 16 characters; make one with 'openssl rand -hex 24'.", nameof(token));
        }

        return builder.AddApi(new ServeOptions { Token = token }, new ServiceLimits()).AddPages();
    }

    /// <summary>Adds <see cref="WhatIfService"/>: runs of the demo on the virtual clock, one after another beside the devices. Repeating it changes nothing.</summary>
    /// <param name="builder">The builder.</param>
    public static IGpuMmBuilder AddSweeps(this IGpuMmBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.IsNew<WhatIfService>())
        {
            builder.Services.AddSingleton<WhatIfService>();
            builder.Services.AddHostedService(static provider => provider.GetRequiredService<WhatIfService>());
        }

        return builder;
    }

    /// <summary>Adds a recording that is played as a workload, by its name. Repeating it changes nothing.</summary>
    /// <typeparam name="TSource">Where it comes from.</typeparam>
    /// <param name="builder">The builder.</param>
    public static IGpuMmBuilder AddTraceSource<TSource>(this IGpuMmBuilder builder)
        where TSource : class, ITraceSource
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ITraceSource, TSource>());
        return builder;
    }

    /// <summary>Adds a recording in a file of any format that can be read.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name by which it is started: letters, digits, '-', '_' and '.'.</param>
    /// <param name="path">The file; read when it is played.</param>
    /// <exception cref="ArgumentException">It is no name, or another workload has it.</exception>
    public static IGpuMmBuilder AddTraceSource(this IGpuMmBuilder builder, string name, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (name.Length > 64 || !name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
        {
            throw new ArgumentException($"'{name}' is no name of a recording; use 1 to 64 letters, digits, '-', '_' and '.'.", nameof(name));
        }

        IEnumerable<string> taken = builder.Services.Select(static each => each.IsKeyedService ? null : each.ImplementationInstance).OfType<ITraceSource>().Select(static each => each.Name);
        if (WorkloadService.BuiltIn.Concat(taken).Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"There is a workload '{name}' already; give the recording another name.", nameof(name));
        }

        builder.Services.AddSingleton<ITraceSource>(new TraceFile(name, path));
        return builder;
    }

    /// <summary>Maps the API below <c>/api/v1</c>, its description, <c>/healthz</c>, and the pages when they were added.</summary>
    /// <param name="app">An application whose services have <see cref="AddDashboard"/>.</param>
    public static WebApplication MapGpuMm(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRateLimiter(); // Before anybody is asked for a token: guesses are counted too.
        app.UseMiddleware<RequestGuard>();
        app.UseRouting();
        app.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = static check => check.Tags.Contains("live") });
        app.MapHealthChecks("/healthz/ready", new HealthCheckOptions { Predicate = static check => check.Tags.Contains("ready") });
        app.MapHealthChecks("/healthz", new HealthCheckOptions());
        app.MapOpenApi("/openapi/{documentName}.json");
        ApiRoutes.Map(app);
        if (app.Services.GetService<MomentRecorder>() is not null)
        {
            app.UseAntiforgery();
            app.MapStaticAssets();
            app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        }

        return app;
    }

    internal static IGpuMmBuilder AddApi(this IGpuMmBuilder builder, ServeOptions options, ServiceLimits limits)
    {
        if (!builder.IsNew<HoldKeeper>())
        {
            return builder;
        }

        IServiceCollection services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(limits);
        services.AddSingleton<HoldKeeper>();
        services.AddSingleton<WatcherGate>();
        services.AddSingleton<WorkloadService>();
        services.AddHostedService(static provider => provider.GetRequiredService<WorkloadService>());
        services.AddHealthChecks().AddGpuMm();
        services.AddProblemDetails();
        services.AddExceptionHandler<ApiExceptionHandler>();
        services.Configure<RouteHandlerOptions>(static handlers => handlers.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(static json =>
        {
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.Converters.Add(new ByteCountJsonConverter());
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        });
        services.AddOpenApi("v1", ApiDescription.Configure);
        services.AddRateLimiter(limiter => RateLimits(limiter, limits));
        return builder;
    }

    internal static IGpuMmBuilder AddPages(this IGpuMmBuilder builder)
    {
        if (!builder.IsNew<MomentRecorder>())
        {
            return builder;
        }

        IServiceCollection services = builder.AddSweeps().Services;
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices();
        services.AddScoped<ViewState>();
        services.AddScoped<CircuitHandler, ViewerCircuit>();
        services.AddSingleton<MomentRecorder>();
        services.AddHostedService(static provider => provider.GetRequiredService<MomentRecorder>());
        services.AddSingleton<ShotShelf>();

        // Forms of pages that an earlier run of the service made are not honoured, and no key lies about.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        return builder;
    }

    private static bool IsNew<T>(this IGpuMmBuilder builder) => builder.Services.All(static each => each.ServiceType != typeof(T));

    private static void RateLimits(RateLimiterOptions limiter, ServiceLimits limits)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = static (_, _) =>
        {
            throw new ApiException(StatusCodes.Status429TooManyRequests, "Too many requests in a short time; wait a second and go on more slowly.") { Header = ("Retry-After", "1") };
        };
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "socket", _ => limits.Bucket()));
    }
}
