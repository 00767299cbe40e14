using System.Security.Authentication;
using Gateway.Metrics;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Web;

/// <summary>
/// Builds the web server: page, API, stream, health and metrics on one address. It reads snapshots and the event log
/// and adds to the command ring; it never waits on the scan.
/// </summary>
public static class WebServer
{
    /// <summary>Makes the server; the caller starts and stops it. It does not react to signals itself.</summary>
    /// <param name="context">What it may see.</param>
    /// <param name="options">Address and limits.</param>
    /// <param name="loggers">Log; null for none.</param>
    /// <exception cref="ArgumentException">The token's hash is not 64 hexadecimal digits.</exception>
    public static WebApplication Create(GatewayContext context, WebServerOptions options, ILoggerFactory? loggers = null)
    {
        // The empty builder reads no file and no environment: an address or limit left over there changes nothing here.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "gateway" });
        if (loggers is not null)
            builder.Services.AddSingleton<ILoggerFactory>(new QuietLoggers(loggers));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.WebHost.UseKestrelCore();
        if (options.Certificate is { } certificate)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
            {
                https.ServerCertificateSelector = (_, _) => certificate.Current;
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                https.HandshakeTimeout = options.HeaderTimeout;
            }));
        }
        builder.WebHost.ConfigureKestrel(kestrel => Limit(kestrel, options));
        builder.WebHost.UseUrls(options.Url);
        WebApplication app = builder.Build();
        ILogger logger = (loggers ?? app.Services.GetRequiredService<ILoggerFactory>()).CreateLogger("Gateway.Web");
        app.Use((http, next) => RequestGuard.RunAsync(http, next, logger));
        var api = new ApiEndpoints(context, options, app.Lifetime.ApplicationStopping);
        if (options.ReadingNeedsAccount)
            app.Use((http, next) => api.GuardReadingAsync(http, next));
        api.Map(app);
        PageFiles.Map(app);
        if (options.Metrics)
            new MetricsEndpoint(new GatewayMetrics(context, options)).Map(app);
        return app;
    }

    private static void Limit(KestrelServerOptions kestrel, WebServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.RequestHeadersTimeout = options.HeaderTimeout;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        // A body slower than this ends with status 408 (Kestrel's default, stated because it is a limit we promise).
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }

    /// <summary>The gateway's host owns start and stop; a second listener for Ctrl-C would race with it.</summary>
    private sealed class OwnedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
