using System.Security.Cryptography;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Supervision;

/// <summary>
/// A client that stays connected: one owner of connecting for one server. It watches the connection, the session, each
/// subscription and item, and brings back what is missing, without end: same session on a new channel, transfer,
/// republish, create anew. At most one session of it is alive. Public members may be used from any thread; handlers are
/// called on the thread that read the message or on a timer's.
/// </summary>
public sealed partial class SupervisedClient : IAsyncDisposable
{
    private readonly SupervisionSettings _settings;
    private readonly OpcUaClientOptions _options;
    private readonly TimeProvider _time;
    private readonly OpcUaClient _client;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly NamespaceTable _namespaces = new();
    private readonly Portion _reads = new();
    private readonly Portion _monitors = new();
    private WatchedSubscription[] _watched = [];
    private LinkState _state;
    private TaskCompletionSource? _waiter;
    private bool _isWoken;
    private volatile bool _isStopping;
    private Task? _run;
    private ulong _random;

    /// <summary>Prepares a client; <see cref="Start"/> connects it.</summary>
    /// <param name="options">Where to connect to; <see cref="OpcUaClientOptions.Connect"/> opens each stream.</param>
    /// <param name="settings">How to watch; the usual way when null.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public SupervisedClient(OpcUaClientOptions options, SupervisionSettings? settings = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _settings = settings ?? new SupervisionSettings();
        _time = time ?? TimeProvider.System;
        _options = options with { Closed = OnClosed };
        _told = options.Closed;
        _random = _settings.Seed != 0 ? _settings.Seed : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        _client = new OpcUaClient(_options, _time) { Emptied = OnEmptied };
        _timer = _time.CreateTimer(static c => ((SupervisedClient)c!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private readonly Action<OpcUaFault>? _told;

    /// <summary>The client behind it, for requests of any kind; they fail while there is no connection.</summary>
    public OpcUaClient Client => _client;

    /// <summary>True while a session is activated on an open channel.</summary>
    public bool IsConnected => _state.IsActivated && _client.IsConnected;

    /// <summary>What it does at present.</summary>
    public LinkStep Step { get; private set; }

    /// <summary>The latest fault of the link; stays until a keep-alive succeeds after it.</summary>
    public OpcUaFault Fault { get; private set; }

    /// <summary>Attempts to bring the link up since it was last well.</summary>
    public int Attempts { get; private set; }

    /// <summary>Time until the next attempt to bring the link up; zero when one is under way or none is needed.</summary>
    public TimeSpan UntilNextAttempt
    {
        get
        {
            var wait = _time.GetElapsedTime(_time.GetTimestamp(), _state.RetryAt);
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Restarts of the supervision after something threw that should not: a bug of ours or of a stream.</summary>
    public long Restarts { get; private set; }

    /// <summary>Sessions created.</summary>
    public long Sessions { get; private set; }

    /// <summary>Sessions that went on on another channel.</summary>
    public long Reactivations { get; private set; }

    /// <summary>Subscriptions that were taken over from a former session.</summary>
    public long Transfers { get; private set; }

    /// <summary>Items that were silent although their node had changed, and were created anew.</summary>
    public long RecreatedItems { get; private set; }

    /// <summary>The server's namespaces in this session.</summary>
    public IReadOnlyList<string> NamespaceUris => _namespaces.Uris;

    /// <summary>Nodes of one read; what the server states, or fewer when it found that too much.</summary>
    public int ReadPortion => _reads.Size;

    /// <summary>Items of one creation; what the server states, or fewer when it found that too much.</summary>
    public int MonitorPortion => _monitors.Size;

    /// <summary>An item's node as this session knows it; false while the server does not have its namespace.</summary>
    public bool TryResolve(WatchedItem item, out NodeId node)
    {
        ArgumentNullException.ThrowIfNull(item);
        node = default;
        return !item.Pinned.NodeId.IsNull && _namespaces.TryResolve(item.Pinned, out node);
    }

    /// <summary>Wants a subscription from now on; it is created as soon as there is a session.</summary>
    /// <param name="settings">How it shall be.</param>
    /// <param name="items">What it shall watch.</param>
    /// <param name="handler">Takes what comes.</param>
    public WatchedSubscription Watch(SubscriptionSettings settings, WatchedItem[] items, IWatchHandler handler)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(handler);
        var watched = new WatchedSubscription(settings, [.. items], handler, _time) { Wake = Wake };
        lock (_gate)
            _watched = [.. _watched, watched];
        Wake();
        return watched;
    }

    /// <summary>Begins to connect and to watch.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_run is not null)
                return;
            _run = Task.CompletedTask;
        }

        _run = RunAsync();
    }

    /// <summary>Closes session and channel; the session's subscriptions are deleted.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        Wake();
        if (_run is { } run)
            await run.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    private void OnClosed(OpcUaFault fault)
    {
        _told?.Invoke(fault);
        Wake();
    }

    private void OnEmptied()
    {
        foreach (var watched in _watched)
            watched.Vanish(new OpcUaFault(StatusCodes.BadNoSubscription, "the server says that the session has no subscription"));
        Wake();
    }

    private void Wake()
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            _isWoken = true;
            waiter = _waiter;
            _waiter = null;
        }

        waiter?.TrySetResult();
    }

    private Task WaitAsync(long due)
    {
        TaskCompletionSource waiter;
        lock (_gate)
        {
            if (_isWoken)
            {
                _isWoken = false;
                return Task.CompletedTask;
            }

            _waiter = waiter = new TaskCompletionSource();
        }

        var wait = Math.Ceiling(_time.GetElapsedTime(_time.GetTimestamp(), due).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(wait, 0, int.MaxValue)), Timeout.InfiniteTimeSpan);
        return waiter.Task;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            var now = _time.GetTimestamp();
            Observe(now);
            var step = Step = LinkState.NextStep(_state, now);
            switch (step)
            {
                case LinkStep.Finish:
                    await _client.CloseAsync().ConfigureAwait(false);
                    return;
                case LinkStep.Wait:
                    await WaitAsync(LinkState.NextDue(_state, now)).ConfigureAwait(false);
                    lock (_gate)
                        _isWoken = false;
                    break;
                default:
                    try
                    {
                        await ExecuteAsync(step).ConfigureAwait(false);
                    }
                    catch (Exception e)
                    {
                        // The top of the loop: the connection begins anew, the loop never ends by it.
                        Restarts++;
                        await FailAsync(new OpcUaFault(StatusCodes.BadUnexpectedError, "the supervision failed: " + e.Message)).ConfigureAwait(false);
                    }

                    break;
            }
        }
    }

    /// <summary>Brings what is believed into line with what is.</summary>
    private void Observe(long now)
    {
        var isRestored = true;
        foreach (var watched in _watched)
            isRestored &= !watched.IsDue(now);
        _state = _state with { IsStopping = _isStopping, IsRestored = isRestored };
        if (_state.HasChannel && !_client.IsConnected && !_isStopping)
            LoseChannel(_client.Fault);
    }

    private ValueTask ExecuteAsync(LinkStep step) => step switch
    {
        LinkStep.Discover => DiscoverAsync(),
        LinkStep.OpenChannel => OpenChannelAsync(),
        LinkStep.CreateSession => CreateSessionAsync(),
        LinkStep.Activate => ActivateAsync(),
        LinkStep.Describe => DescribeAsync(),
        LinkStep.Restore => RestoreAsync(),
        LinkStep.KeepAlive => KeepAliveAsync(),
        _ => WatchAsync(),
    };

    private long Ticks(double ms) => (long)(ms / 1000 * _time.TimestampFrequency);

    private long In(double ms) => _time.GetTimestamp() + Ticks(ms);

    /// <summary>The wait before the next attempt: doubled each time, strayed, and never above the longest.</summary>
    private double NextDelayMs()
    {
        var delay = Math.Min(_settings.LongestDelayMs, _settings.FirstDelayMs * Math.Pow(2, Math.Min(Attempts, 30)));
        Attempts++;
        // SplitMix64: spread is wanted here, not secrecy.
        _random += 0x9E3779B97F4A7C15;
        var mixed = (_random ^ (_random >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        var fraction = ((mixed ^ (mixed >> 31)) >> 11) / (double)(1UL << 53);
        return Math.Min(_settings.LongestDelayMs, delay * (1 + (_settings.Jitter * ((2 * fraction) - 1))));
    }
}
