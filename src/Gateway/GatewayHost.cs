using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Northbound;
using Gateway.Notifications;
using Gateway.Runtime.Scan;
using Gateway.Storage;
using Gateway.Tls;
using Gateway.Users;
using Gateway.Web;

namespace Gateway;

/// <summary>
/// Builds the gateway and wires who talks to whom: field lines → mailboxes → scan → snapshots and rings → recorder,
/// web and metrics. Start order is inside out, stop order the reverse: the scan ends first, so that nothing is asked
/// of a line that is closing.
/// </summary>
public sealed partial class GatewayHost : IHostedService, IDisposable
{
    private readonly SiteConfiguration _site;
    private readonly ILogger _logger;
    private readonly Recorder _recorder;
    private readonly HistoryThread? _history;
    private readonly ScanThread _scanThread;
    private readonly AccountDirectory? _accounts;
    private readonly WebApplication _web;
    private readonly OpcUaFace? _opcUa;
    private readonly bool _takesLocalCommands;
    private readonly List<Task> _lineTasks = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _besideTasks = []; // what control and operators do not depend on

    /// <summary>Wires everything; nothing runs yet.</summary>
    /// <param name="site">The configuration.</param>
    /// <param name="http">Address of the web server instead of the site's; null for the site's.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="connect">Opens field connections; null for real ones.</param>
    /// <param name="journal">What is kept over restarts; the host disposes it. Null keeps everything in memory.</param>
    public GatewayHost(SiteConfiguration site, string? http, ILoggerFactory loggers, Func<LineDefinition, CancellationToken, ValueTask<Stream>>? connect = null, Journal? journal = null)
    {
        _site = site;
        _logger = loggers.CreateLogger("Gateway");
        TimeProvider time = TimeProvider.System;
        long epoch = time.GetTimestamp();
        var outputs = new OutputMailbox(site.Plant.Outputs.Length);
        FieldLine[] lines = FieldLines.Create(site, journal?.Folder, epoch, outputs, loggers, connect);
        InputBinding[] bindings = [.. lines.SelectMany(line => line.Bindings)];
        // Every tag and alarm may change at once, twice, before the recorder comes: that much must fit.
        int events = Math.Max(16_384, 2 * (site.Plant.Tags.Length + site.Plant.Alarms.Length));
        HistoryRing? ring = journal is not null && site.History.Enabled ? new HistoryRing(site.Plant) : null;
        Context = new GatewayContext
        {
            Site = site,
            Scan = new ScanCycle(site.Plant, bindings, outputs, events) { StartingLimit = site.Timeouts.FirstDataMs * ScanTime.TicksPerMillisecond, History = ring },
            Statistics = new ScanStatistics(),
            Events = new EventLog(),
            Lines = lines,
            Journal = journal,
            AlarmFigures = journal is null ? null : new AlarmFigures(journal.Folder, time, _logger),
            History = ring is null ? null : OpenHistory(journal!.Folder, site, loggers),
            Time = time,
        };
        foreach (NotificationReceiver receiver in site.Notifications)
            Context.Notifications.Add(new NotificationLoop(receiver, NotificationSender.Of(receiver, site.Plant.SiteId), Context, loggers.CreateLogger("Gateway.Notifications")));
        if (journal is not null)
            Restore(journal, epoch);
        if (ring is not null)
            _history = new HistoryThread(ring, Context.History!, time);
        _recorder = new Recorder(Context.Scan, Context.Events, journal, time, _logger);
        _scanThread = new ScanThread(Context, _recorder, epoch, _logger);
        _accounts = journal is null ? null : new AccountDirectory(journal.Folder, time, loggers.CreateLogger("Gateway.Users"));
        if (site.OpcUaServer is { } opcUa)
        {
            _opcUa = new OpcUaFace(Context, opcUa, _accounts, loggers.CreateLogger("Gateway.OpcUa"));
            Context.OpcUa = _opcUa.Server;
        }
        WebServerOptions options = WebServerOptions.Of(site, http);
        options = options with { Accounts = _accounts, Certificate = CertificateFor(options.Url, site.Web, journal, time, loggers) };
        _takesLocalCommands = options.TakesLocalCommands;
        _web = WebServer.Create(Context, options, loggers);
    }

    /// <summary>What readers may see.</summary>
    public GatewayContext Context { get; }

    /// <summary>The addresses the web server listens on; known once it has started.</summary>
    public ICollection<string> Urls => _web.Urls;

    /// <summary>Where the OPC UA server listens; null before the start and when there is none.</summary>
    public System.Net.IPEndPoint? OpcUaAddress { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Loading a site leaves several times its size behind; given back now, it stays back, because nothing allocates
        // at this rate again. 100,000 tags: docs/benchmarks.md.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (Context.Journal is null)
            LogMemoryOnly(_logger);
        _recorder.Start();
        _history?.Start();
        foreach (FieldLine line in Context.Lines)
            _lineTasks.Add(line.RunAsync());
        _scanThread.Start();
        if (Context.AlarmFigures is { } figures)
            _besideTasks.Add(figures.RunAsync(_stop.Token));
        foreach (NotificationLoop loop in Context.Notifications)
            _besideTasks.Add(loop.RunAsync(_stop.Token));
        await _web.StartAsync(cancellationToken);
        if (_opcUa is not null)
        {
            OpcUaAddress = _opcUa.Start();
            LogOpcUa(_logger, OpcUaAddress);
        }
        if (_takesLocalCommands)
            LogNoAccount(_logger);
        LogStarted(_logger, _site.Plant.SiteId, _site.Plant.Tags.Length, _site.Plant.Alarms.Length, _site.Lines.Length, string.Join(' ', _web.Urls));
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _scanThread.Dispose();
        await _stop.CancelAsync();
        foreach (FieldLine line in Context.Lines)
            line.Stop();
        try
        {
            await Task.WhenAll(_lineTasks).WaitAsync(TimeSpan.FromMilliseconds(_site.Timeouts.ShutdownMs), cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            LogSlowStop(_logger);
        }
        if (_opcUa is not null)
            await _opcUa.DisposeAsync();
        await _web.StopAsync(cancellationToken);
        await Task.WhenAll(_besideTasks);
        await _web.DisposeAsync();
        _recorder.Dispose();
        _history?.Dispose();
        Context.Journal?.Dispose();
        LogStopped(_logger);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scanThread.Dispose();
        _recorder.Dispose();
        _accounts?.Dispose();
        foreach (NotificationLoop loop in Context.Notifications)
            loop.Dispose();
        _stop.Dispose();
        _history?.Dispose();
        Context.Journal?.Dispose();
    }

    private static WebCertificate? CertificateFor(string url, WebOptions web, Journal? journal, TimeProvider time, ILoggerFactory loggers)
    {
        if (!url.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
            return null;
        ILogger logger = loggers.CreateLogger("Gateway.Tls");
        if (web.CertificateFile.Length > 0)
            return WebCertificate.Given(web.CertificateFile, web.KeyFile, time, logger);
        return journal is null
            ? throw new AccountException("GW6504", "an https address needs web.certificateFile, or a data folder (--data) in which the gateway keeps a certificate of its own")
            : WebCertificate.Own(journal.Folder, new Uri(url).Host, time, logger);
    }

    [LoggerMessage(1201, LogLevel.Information, "Site {Site}: {Tags} tags, {Alarms} alarms, {Lines} lines; page, API and metrics at {Url}")]
    private static partial void LogStarted(ILogger logger, string site, int tags, int alarms, int lines, string url);

    [LoggerMessage(1207, LogLevel.Warning, "There is no account: whoever is on this machine may command. 'gateway user add' makes one; web.localCommands false refuses them")]
    private static partial void LogNoAccount(ILogger logger);

    [LoggerMessage(1202, LogLevel.Warning, "A field line did not close in time")]
    private static partial void LogSlowStop(ILogger logger);

    [LoggerMessage(1206, LogLevel.Information, "OPC UA server at {Address}")]
    private static partial void LogOpcUa(ILogger logger, System.Net.IPEndPoint address);

    [LoggerMessage(1203, LogLevel.Information, "Stopped")]
    private static partial void LogStopped(ILogger logger);
}
