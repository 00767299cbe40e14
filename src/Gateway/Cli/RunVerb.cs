using System.CommandLine;
using Gateway.Configuration;
using Gateway.Storage;
using Gateway.Users;

namespace Gateway.Cli;

/// <summary><c>run</c>: the service. Exit code 0 stopped, 1 configuration wrong, 2 fault.</summary>
internal static class RunVerb
{
    private const int Fault = 2;

    public static Command Create()
    {
        Option<string> site = SiteOption.Create();
        var data = new Option<string?>("--data") { Description = "Data folder of this site: alarms, acknowledgments, permit windows and events survive a restart; without it nothing does" };
        var http = new Option<string?>("--http") { Description = "Address of page, API and metrics, instead of the site's" };
        var command = new Command("run", "Runs the gateway until it is stopped.") { site, data, http };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(site)!, parsed.GetValue(data), parsed.GetValue(http), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string folder, string? data, string? http, CancellationToken cancel)
    {
        if (SiteOption.Load(folder) is not { } site)
            return 1;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "gateway" });
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        // A start that fails is told below in one line; the host would print the whole stack of it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Services.AddSingleton<IHostedService>(services => Create(site, data, http, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(site.Timeouts.ShutdownMs));
        using IHost host = builder.Build();
        try
        {
            var gateway = (GatewayHost)host.Services.GetRequiredService<IHostedService>();
            await host.RunAsync(cancel);
            return gateway.Context.Fault is null ? 0 : Fault;
        }
        catch (StoreException e)
        {
            Console.Error.WriteLine($"{data}: error {e.Code}: {e.Message}");
            return 1;
        }
        catch (AccountException e)
        {
            Console.Error.WriteLine($"{data ?? folder}: error {e.Code}: {e.Message}");
            return 1;
        }
        catch (System.Net.Sockets.SocketException e)
        {
            Console.Error.WriteLine($"{site.OpcUaServer?.Url}: error GW6303: the OPC UA server cannot listen: {e.Message}; choose another address in opcuaServer.url");
            return 1;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"{http ?? site.Web.Http}: error GW6301: the web server cannot listen: {e.Message}; choose another address with --http");
            return 1;
        }
    }

    private static GatewayHost Create(SiteConfiguration site, string? data, string? http, ILoggerFactory loggers) =>
        new(site, http, loggers, journal: data is null ? null : GatewayHost.OpenJournal(data, site, loggers));
}
