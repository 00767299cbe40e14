using System.Globalization;
using Gateway.OpcUa;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Supervision;
using Gateway.OpcUa.Types;
using Gateway.Runtime;
using Gateway.Runtime.Scan;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Drivers.OpcUa;

/// <summary>
/// A field line that speaks OPC UA: one session, a subscription for each device. A <see cref="SupervisedClient"/> owns
/// the connection and brings back what is lost; the line's own loop passes signs of life to the scan, publishes what is
/// lost, writes outputs and keeps the figures. In steady state a notification allocates nothing.
/// </summary>
/// <remarks>All times inside are monotonic ticks of 100 ns since the epoch. The loop runs one step at a time on whatever thread woke it.</remarks>
public sealed partial class OpcUaLine : FieldLine
{
    /// <summary>A server that has nothing to say is heard of at least so often, in milliseconds.</summary>
    public const int KeepAliveMs = 2000;

    // Part 4 §7.22.2: what a deadband is measured in.
    private const uint AbsoluteDeadband = 1;
    private const uint PercentDeadband = 2;

    private const long CheckTicks = 250 * TimeSpan.TicksPerMillisecond;
    private const long RestartPause = TimeSpan.TicksPerSecond;
    // The supervision's own attempts after a loss: with the second failed one the values are given up, as on a Modbus line.
    private const int AttemptsAfterLoss = 2;

    private readonly TimeProvider _time;
    private readonly long _epoch;
    private readonly LineLog _log;
    private readonly LoopSignal _signal;
    private readonly SupervisedClient _client;
    private readonly DeviceState[] _devices;
    private readonly InputBinding[] _bindings;
    private readonly OpcUaOutput[] _outputs;
    private readonly long _outputCheck;
    private readonly OpcUaStatistics _counters;
    private int _attempts;
    private long _sessions;
    private volatile bool _isStopping;

    /// <summary>Prepares the line. Nothing is opened before <see cref="RunAsync"/>.</summary>
    /// <exception cref="ArgumentException">The line needs a certificate that the options lack.</exception>
    public OpcUaLine(OpcUaLineDefinition definition, OpcUaLineOptions options)
        : base(definition, new LineStatistics(definition) { OpcUa = new OpcUaStatistics() })
    {
        if (!definition.IsUnsecured && (options.Certificate is null || options.Validator is null))
            throw new ArgumentException("A secured line needs a certificate and a validator.", nameof(options));
        _time = options.Time;
        _epoch = options.Epoch;
        _counters = Statistics.OpcUa!;
        _log = new LineLog(options.Logger ?? NullLogger.Instance, definition);
        _signal = new LoopSignal(_time);
        _client = new SupervisedClient(ClientOptions(definition, options), Settings(definition, options), _time);
        _devices = new DeviceState[definition.Devices.Length];
        _bindings = new InputBinding[_devices.Length];
        for (int i = 0; i < _devices.Length; i++)
        {
            var device = (OpcUaDevice)definition.Devices[i];
            var state = new DeviceState(device, new OpcUaFeed(device, _counters, _time, _signal.Set));
            _devices[i] = state;
            _bindings[i] = Bind(definition, state);
        }

        _outputs = MakeOutputs(options.Outputs);
        _outputCheck = Math.Max(1, options.OutputCheckMs) * TimeSpan.TicksPerMillisecond;
    }

    /// <inheritdoc/>
    public override InputBinding[] Bindings => _bindings;

    /// <summary>The subscriptions with what the server made of them, in the order of the devices; empty before the start.</summary>
    public IReadOnlyList<WatchedSubscription> Subscriptions => [.. _devices.Where(static d => d.Watched is not null).Select(static d => d.Watched!)];

    /// <summary>Monotonic time since the epoch in ticks of 100 ns, as used by the statistics.</summary>
    public long Elapsed => _time.GetElapsedTime(_epoch).Ticks;

    /// <inheritdoc/>
    public override async Task RunAsync()
    {
        var definition = (OpcUaLineDefinition)Definition;
        foreach (DeviceState device in _devices.Where(static d => d.Feed.Points.Length > 0))
            device.Watched = _client.Watch(SettingsOf(definition), [.. device.Feed.Points.Select(p => ItemOf(definition, p))], device.Feed);
        Statistics.NoteState(LineState.Connecting);
        if (definition.IsUnsecured)
            _log.Unsecured();
        _client.Start();
        while (!_isStopping)
        {
            long now = Elapsed;
            long next = now + RestartPause;
            try
            {
                next = Turn(now);
            }
            catch (Exception e)
            {
                // The top of the loop: a bug of ours is counted and shown, and the line goes on.
                Statistics.CountRestart();
                _log.Restarted(e, now);
            }

            await _signal.Until(next, now);
        }

        foreach (DeviceState device in _devices)
            device.Feed.PublishBad();
        await _client.DisposeAsync();
        Statistics.NoteState(LineState.Stopped);
        _signal.Dispose();
    }

    /// <inheritdoc/>
    public override void Stop()
    {
        _isStopping = true;
        _signal.Set();
    }

    /// <summary>One turn of the loop.</summary>
    /// <returns>When the next one is due.</returns>
    private long Turn(long now)
    {
        NoteLink(now);
        long next = now + CheckTicks;
        for (int i = 0; i < _devices.Length; i++)
            next = Math.Min(next, Serve(i, now));
        foreach (OpcUaOutput output in _outputs)
        {
            ServeOutput(output, now);
            next = Math.Min(next, Math.Min(now + _outputCheck, output.EndsAt));
        }

        return next;
    }

    /// <summary>Passes the device's sign of life on, or gives its values up.</summary>
    private long Serve(int index, long now)
    {
        DeviceState device = _devices[index];
        DeviceStatistics statistics = Statistics.Devices[index];
        if (device.Feed.IsLive)
        {
            device.IsGivenUp = false;
            if (!device.WasLive)
            {
                device.WasLive = true;
                device.BeatAt = now;
                _log.SubscriptionUp(index, now);
                CheckRevision(index, device);
            }

            if (now >= device.BeatAt)
            {
                bool isUsable = device.Feed.Beat();
                if (isUsable)
                    statistics.NoteGood(_time.GetUtcNow().UtcTicks, now);
                device.LastBeat = now;
                // On the grid, so that beats do not drift; a late one is not made up for. The first value is not waited for so long.
                device.BeatAt = isUsable ? device.BeatAt + (((now - device.BeatAt) / device.BeatTicks) + 1) * device.BeatTicks : now + Math.Min(CheckTicks, device.BeatTicks);
            }

            NoteRefusals(index, now);
            return device.BeatAt;
        }

        statistics.NoteNotGood();
        if (device.WasLive)
        {
            device.WasLive = false;
            if (_client.IsConnected)
                _log.SubscriptionDown(index, device.Feed.Fault.Cause, now);
        }

        bool isHopeless = _client.Attempts >= (device.Feed.HasData ? AttemptsAfterLoss : 1) || (device.Feed.HasData && now - device.LastBeat >= _bindings[index].BadAfter);
        if (isHopeless && !device.IsGivenUp)
        {
            device.IsGivenUp = true;
            device.Feed.PublishBad();
        }

        return long.MaxValue;
    }

    private void ServeOutput(OpcUaOutput output, long now)
    {
        output.AcceptAnswer(now);
        output.Update(now);
        if (!_client.IsConnected || _devices[output.Device].Watched is not { } watched)
            return;
        if (!_client.TryResolve(watched.Items[output.Point], out NodeId node))
            return;
        if (output.CanWrite)
            output.SendWrite(_client.Client, node);
        else if (output.ReadBackAt <= now)
            output.SendReadBack(_client.Client, node);
    }

    private void NoteLink(long now)
    {
        bool isConnected = _client.IsConnected;
        int attempts = _client.Attempts;
        for (; _attempts < attempts; _attempts++)
            Statistics.CountFailedConnect();
        _attempts = attempts;
        for (; _sessions < _client.Sessions; _sessions++)
            Statistics.CountConnect();
        LineState before = Statistics.State;
        LineState state = isConnected ? LineState.Polling : _client.Step == LinkStep.Wait ? LineState.Waiting : LineState.Connecting;
        if (state == LineState.Waiting)
            Statistics.NoteNextAttempt(now + _client.UntilNextAttempt.Ticks);
        Statistics.NoteState(state);
        if (isConnected && before != LineState.Polling)
            _log.LinkUp(now);
        OpcUaFault fault = _client.Fault;
        if (!isConnected && !fault.IsNone)
        {
            string text = fault.ToString();
            if (text != Statistics.LastTrouble)
                Statistics.NoteTrouble(text);
            _log.LinkDown(text, now);
        }

        NoteCounters(now);
    }

    private void NoteCounters(long now)
    {
        long difference = _client.Client.ClockDifference.Ticks;
        _counters.NoteLink(_client.Sessions, _client.Reactivations, _client.Transfers, _client.RecreatedItems, difference);
        long lost = 0, overflows = 0, recreations = 0, silences = 0;
        foreach (DeviceState device in _devices)
        {
            device.Feed.NoteClock(difference);
            if (device.Watched is not { } watched)
                continue;
            lost += watched.LostMessages;
            overflows += watched.Overflows;
            recreations += watched.Recreations;
            silences += watched.Silences;
        }

        _counters.NoteSubscriptions(lost, overflows, recreations, silences);
        _log.Clock(difference, _counters.TimesOff > 0, now);
    }

    private void NoteRefusals(int index, long now)
    {
        DeviceState device = _devices[index];
        int refused = device.Feed.Refused;
        if (refused == device.Refused)
            return;
        Statistics.Devices[index].NoteRefusedPoints(refused - device.Refused);
        device.Refused = refused;
        if (device.Feed.FirstRefusal is { } first)
            _log.NodesRefused(index, refused, first.Point.Node.ToString(), first.Fault.ToString(), now);
    }

    /// <summary>Says once for each subscription what the server did not grant.</summary>
    private void CheckRevision(int index, DeviceState device)
    {
        if (device.Watched!.Current is not { } current || current == device.Checked)
            return;
        device.Checked = current;
        double asked = device.Watched.Settings.PublishingIntervalMs, granted = current.PublishingInterval.TotalMilliseconds;
        int slower = 0, shorter = 0;
        foreach (WatchedItem item in device.Watched.Items)
        {
            slower += item.IsSampledSlower ? 1 : 0;
            shorter += item.IsQueueShort ? 1 : 0;
        }

        if (granted > asked || slower > 0 || shorter > 0)
            _log.Revised(index, string.Create(CultureInfo.InvariantCulture, $"publishing every {granted:F0} ms instead of {asked:F0}, {slower} nodes sampled more slowly, {shorter} with a shorter queue"));
    }

    private OpcUaOutput[] MakeOutputs(OutputMailbox? mailbox)
    {
        var outputs = new List<OpcUaOutput>();
        for (int device = 0; mailbox is not null && device < _devices.Length; device++)
        {
            OpcUaFeed feed = _devices[device].Feed;
            for (int point = 0; point < feed.Points.Length; point++)
            {
                if (feed.Points[point].Output < 0)
                    continue;
                Invariant.Check(feed.Points[point].Output < mailbox.Count);
                outputs.Add(new OpcUaOutput(device, _devices[device].Definition, feed, point, mailbox, _signal.Set));
            }
        }

        return [.. outputs];
    }

    private static InputBinding Bind(OpcUaLineDefinition line, DeviceState device)
    {
        double beat = device.BeatTicks / (double)TimeSpan.TicksPerMillisecond;
        return new InputBinding(
            $"{line.Name}/{device.Definition.Name}",
            device.Feed.Mailbox,
            Array.ConvertAll(device.Feed.Points, static p => p.Tag),
            (long)((device.Definition.UncertainAfterPolls * beat + line.TimeoutMs) * TimeSpan.TicksPerMillisecond),
            (long)((device.Definition.BadAfterPolls * beat + line.TimeoutMs) * TimeSpan.TicksPerMillisecond));
    }

    /// <summary>What is asked for, of a line's subscriptions; also what <c>plan</c> shows.</summary>
    public static SubscriptionSettings SettingsOf(OpcUaLineDefinition line)
    {
        uint keepAlive = (uint)Math.Max(1, KeepAliveMs / line.PublishingIntervalMs);
        return new SubscriptionSettings
        {
            PublishingIntervalMs = line.PublishingIntervalMs,
            KeepAliveCount = keepAlive,
            // Longer than a session lives without us, so that a subscription can be taken over.
            LifetimeCount = Math.Max(3 * keepAlive, (uint)(120_000 / line.PublishingIntervalMs)),
        };
    }

    private static WatchedItem ItemOf(OpcUaLineDefinition line, OpcUaPoint point) => new()
    {
        Node = point.Node,
        SamplingMs = line.SamplingMsOf(point),
        QueueSize = (uint)line.QueueSize,
        LongestSilenceMs = line.ItemWatchMs,
        Filter = point.Deadband == 0 ? default : new ExtensionObject(new DataChangeFilter
        {
            Trigger = DataChangeTrigger.StatusValue,
            DeadbandType = point.IsDeadbandPercent ? PercentDeadband : AbsoluteDeadband,
            DeadbandValue = point.Deadband,
        }),
    };

    private static OpcUaClientOptions ClientOptions(OpcUaLineDefinition line, OpcUaLineOptions options) => new()
    {
        EndpointUrl = line.Url,
        Connect = options.Connect is { } connect ? cancellation => connect(line, cancellation) : null,
        Policy = line.Policy,
        Mode = line.Mode,
        Certificate = options.Certificate,
        Validator = options.Validator,
        User = options.User,
        ApplicationName = "Gateway",
        SessionName = "gateway " + line.Name,
        RequestTimeoutMs = Math.Max(line.TimeoutMs, line.ConnectTimeoutMs),
    };

    private static SupervisionSettings Settings(OpcUaLineDefinition line, OpcUaLineOptions options) => new()
    {
        KeepAliveMs = KeepAliveMs,
        KeepAliveTimeoutMs = line.ConnectTimeoutMs,
        FirstDelayMs = line.ReconnectMinMs,
        LongestDelayMs = line.ReconnectMaxMs,
        Seed = options.Seed,
    };

    /// <summary>A device with its subscription.</summary>
    private sealed class DeviceState
    {
        public DeviceState(OpcUaDevice definition, OpcUaFeed feed)
        {
            Definition = definition;
            Feed = feed;
            int shortest = definition.Points.Length == 0 ? 1000 : definition.Points.Min(static p => p.PollPeriodMs);
            BeatTicks = shortest * TimeSpan.TicksPerMillisecond;
        }

        public OpcUaDevice Definition { get; }
        public OpcUaFeed Feed { get; }
        /// <summary>What does not change is told again at the pace of the fastest point.</summary>
        public long BeatTicks { get; }
        public WatchedSubscription? Watched { get; set; }
        public Subscription? Checked { get; set; }
        public bool WasLive { get; set; }
        public bool IsGivenUp { get; set; }
        public int Refused { get; set; }
        public long BeatAt { get; set; }
        public long LastBeat { get; set; }
    }
}
