using Gateway.OpcUa;
using Gateway.OpcUa.Supervision;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Drivers.OpcUa;

/// <summary>
/// The newest value of every node of one device, and its way to the scan. Values come on the thread that read them,
/// signs of life from the line's loop; a short lock keeps them apart. Taking a value allocates nothing.
/// </summary>
internal sealed class OpcUaFeed : IWatchHandler
{
    private static readonly long s_noTime = new DateTime(1601, 1, 2, 0, 0, 0, DateTimeKind.Utc).Ticks;
    private const long ClockTolerance = 60 * TimeSpan.TicksPerSecond;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly OpcUaStatistics _counters;
    private readonly Action _wake;
    private readonly double[] _values;
    private readonly Quality[] _qualities;
    private readonly long[] _times;
    private readonly BuiltInType[] _types;
    private readonly bool[] _isFresh;
    private readonly OpcUaFault[] _refusals;
    private long _clockDifference;
    private bool _isLive;
    private bool _hasData;

    public OpcUaFeed(OpcUaDevice device, OpcUaStatistics counters, TimeProvider time, Action wake)
    {
        Points = Array.ConvertAll(device.Points, static p => (OpcUaPoint)p);
        Mailbox = new InputMailbox(Points.Length, hasTimes: true);
        _counters = counters;
        _time = time;
        _wake = wake;
        _values = new double[Points.Length];
        _qualities = new Quality[Points.Length];
        _times = new long[Points.Length];
        _types = new BuiltInType[Points.Length];
        _isFresh = new bool[Points.Length];
        _refusals = new OpcUaFault[Points.Length];
        Array.Fill(_values, double.NaN);
        Array.Fill(_qualities, Quality.BadWaitingForInitialData);
    }

    /// <summary>The points, in the order of the items.</summary>
    public OpcUaPoint[] Points { get; }

    /// <summary>Where the images go.</summary>
    public InputMailbox Mailbox { get; }

    /// <summary>True while the subscription speaks.</summary>
    public bool IsLive => Volatile.Read(ref _isLive);

    /// <summary>True once a value came, ever.</summary>
    public bool HasData => Volatile.Read(ref _hasData);

    /// <summary>Why the subscription is not live; set when it ceased to be.</summary>
    public OpcUaFault Fault { get; private set; }

    /// <summary>Nodes that the server refuses at present.</summary>
    public int Refused { get; private set; }

    /// <summary>A refused node with its reason, for the log; null when there is none.</summary>
    public (OpcUaPoint Point, OpcUaFault Fault)? FirstRefusal
    {
        get
        {
            lock (_gate)
            {
                int index = Array.FindIndex(_refusals, static f => !f.IsNone);
                return index < 0 ? null : (Points[index], _refusals[index]);
            }
        }
    }

    /// <summary>Type of a node's last value; Null before the first.</summary>
    public BuiltInType TypeOf(int point) => _types[point];

    /// <summary>How far the server's clock is ahead of ours. Line's loop.</summary>
    public void NoteClock(long differenceTicks) => Volatile.Write(ref _clockDifference, differenceTicks);

    /// <summary>A sign of life: what did not change is as good as it was. Line's loop.</summary>
    /// <returns>True when at least one value can be used.</returns>
    public bool Beat()
    {
        lock (_gate)
        {
            if (!_isLive || !_hasData)
                return false;
            Publish();
            return Array.Exists(_qualities, static q => !q.IsBad);
        }
    }

    /// <summary>Tells the scan that nothing is known any more. Line's loop.</summary>
    public void PublishBad()
    {
        lock (_gate)
        {
            InputFrame frame = Mailbox.Back;
            frame.Values.AsSpan().Fill(double.NaN);
            frame.Qualities.AsSpan().Fill(_hasData ? Quality.BadNoCommunication : Quality.BadNotConnected);
            frame.SourceTime = _time.GetUtcNow().UtcTicks;
            Mailbox.Publish();
        }
    }

    public void OnData(WatchedSubscription subscription, ReadOnlySpan<MonitoredItemNotification> items)
    {
        long now = _time.GetUtcNow().UtcTicks;
        lock (_gate)
        {
            foreach (ref readonly MonitoredItemNotification item in items)
            {
                if (item.ClientHandle < (uint)Points.Length)
                    Take((int)item.ClientHandle, in item.Value, now);
            }

            Volatile.Write(ref _hasData, true);
            Publish();
        }

        _counters.CountValues(items.Length);
    }

    public void OnEvents(WatchedSubscription subscription, ReadOnlySpan<EventFieldList> events)
    {
        // Nothing but values is asked for.
    }

    public void OnLoss(WatchedSubscription subscription, LossCause cause, uint messages)
    {
        if (cause != LossCause.Recreated)
            return;
        lock (_gate)
        {
            // The first value of each item follows; until then what is held is old.
            for (int i = 0; i < _qualities.Length; i++)
            {
                _isFresh[i] = false;
                if (_qualities[i].IsGood)
                    _qualities[i] = Quality.UncertainLastUsableValue;
            }
        }
    }

    public void OnLive(WatchedSubscription subscription, bool isLive, OpcUaFault fault)
    {
        lock (_gate)
        {
            Volatile.Write(ref _isLive, isLive);
            Fault = fault;
        }

        _wake();
    }

    public void OnItem(WatchedSubscription subscription, int item, OpcUaFault fault)
    {
        lock (_gate)
        {
            Refused += (fault.IsNone ? 0 : 1) - (_refusals[item].IsNone ? 0 : 1);
            _refusals[item] = fault;
            _qualities[item] = fault.IsNone ? Quality.BadWaitingForInitialData : Quality.BadConfigurationError;
            if (_hasData)
                Publish();
        }

        _wake();
    }

    private void Take(int point, in DataValue data, long now)
    {
        // Flags of the code tell how the value came, not how good it is (Part 4 §7.39.1); overflows are counted.
        var quality = new Quality(data.Status.Code.Value);
        _types[point] = data.Value.Type == BuiltInType.Null ? _types[point] : data.Value.Type;
        if (!data.Value.TryGetNumber(out double value) || !double.IsFinite(value))
        {
            value = double.NaN;
            if (!quality.IsBad)
                quality = Quality.BadDecodingError;
        }

        _values[point] = value;
        _qualities[point] = quality;
        _times[point] = TimeOf(in data, _isFresh[point], now);
        _isFresh[point] = true;
    }

    /// <summary>
    /// The source's time where it can be believed, else the server's, else that of arrival. A first value may be old; a
    /// change that is older than the server's own stamp by a minute comes from a clock or a time zone that is wrong.
    /// </summary>
    private long TimeOf(in DataValue data, bool isChange, long now)
    {
        bool isClockGood = Math.Abs(Volatile.Read(ref _clockDifference)) <= ClockTolerance;
        long source = data.SourceTime.Ticks, server = data.ServerTime.Ticks;
        bool hasServer = server > s_noTime && isClockGood && server <= now + ClockTolerance;
        if (source <= s_noTime)
            return hasServer ? Math.Min(server, now) : now;
        bool isLate = isChange && server > s_noTime && server - source > ClockTolerance;
        if (isClockGood && source <= now + ClockTolerance && !isLate)
            return source;
        _counters.CountTimeOff();
        return hasServer ? Math.Min(server, now) : now;
    }

    private void Publish()
    {
        InputFrame frame = Mailbox.Back;
        _values.AsSpan().CopyTo(frame.Values);
        _qualities.AsSpan().CopyTo(frame.Qualities);
        _times.AsSpan().CopyTo(frame.Times);
        frame.SourceTime = _time.GetUtcNow().UtcTicks;
        Mailbox.Publish();
    }
}
