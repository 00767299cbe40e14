using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.PlcSimulator.Control;

/// <summary>The HTTP server of the control API. It listens on the loopback only, because it has no users and no passwords.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const long MostBodyBytes = 65_536;
    private readonly WebApplication _app;

    private ControlServer(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Url => _app.Urls.First();

    /// <summary>Starts the server for a plant.</summary>
    /// <param name="plant">The plant, started.</param>
    /// <param name="address">A loopback address.</param>
    /// <param name="port">Port; 0 takes a free one.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<ControlServer> StartAsync(PlantServer plant, IPAddress address, int port)
    {
        if (!IPAddress.IsLoopback(address))
            throw new ArgumentException("The control API listens on loopback addresses only.", nameof(address));

        // The empty builder reads no file and no environment: an address left over there changes nothing here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "plcsim" });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = 50;
            kestrel.Listen(address, port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Use(ControlGuard.RunAsync);
        new ControlEndpoints(plant).Map(app);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new ControlServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>The verb owns start and stop; a second listener for Ctrl-C would race with it.</summary>
    private sealed class OwnedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
