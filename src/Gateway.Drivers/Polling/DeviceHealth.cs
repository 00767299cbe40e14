using Gateway.Drivers.Modbus;

namespace Gateway.Drivers.Polling;

/// <summary>
/// Health of the devices of one line. A device that leaves several requests in a row unanswered is no longer polled
/// but probed with one register at a growing pause, so that it cannot take its neighbors' time. One object per line:
/// equal unit ids on different lines know nothing of each other. Line only, except <see cref="SetProbePause"/>; times
/// are monotonic ticks of 100 ns since the epoch.
/// </summary>
public sealed class DeviceHealth
{
    private readonly Item[] _items;
    private readonly Random _jitter;

    /// <summary>Starts with every device trusted.</summary>
    /// <param name="devices">The devices of the line.</param>
    /// <param name="jitter">Spreads probes so that gateways started together do not probe together.</param>
    public DeviceHealth(ModbusDevice[] devices, Random jitter)
    {
        _jitter = jitter;
        _items = new Item[devices.Length];
        for (int i = 0; i < devices.Length; i++)
        {
            _items[i].Limit = Math.Max(1, devices[i].FailuresBeforeProbe);
            _items[i].NextProbe = long.MaxValue;
            _items[i].IsAsked = devices[i].Points.Length > 0;
            SetProbePause(i, devices[i].ProbeMinMs, devices[i].ProbeMaxMs);
        }
    }

    /// <summary>True while the device is probed instead of polled.</summary>
    public bool IsProbing(int device) => _items[device].IsProbing;

    /// <summary>Requests in a row without an answer.</summary>
    public int FailuresInRow(int device) => _items[device].Failures;

    /// <summary>The pause before the next probe in milliseconds, before jitter; 0 when the device is polled.</summary>
    public int ProbePauseMs(int device) => _items[device].IsProbing ? _items[device].PauseMs : 0;

    /// <summary>When the device is probed next; <see cref="long.MaxValue"/> while it is polled or a probe is under way.</summary>
    public long NextProbe(int device) => _items[device].NextProbe;

    /// <summary>Sets the pauses between probes; takes effect at the next pause. Any thread.</summary>
    public void SetProbePause(int device, int minMs, int maxMs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minMs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMs, minMs);
        Volatile.Write(ref _items[device].MinMs, minMs);
        Volatile.Write(ref _items[device].MaxMs, maxMs);
    }

    /// <summary>The device whose probe has waited longest, or −1 when none is due.</summary>
    /// <param name="now">The time.</param>
    /// <param name="notBefore">For each device the time from which it may be asked.</param>
    public int PickProbe(long now, ReadOnlySpan<long> notBefore)
    {
        int best = -1;
        for (int i = 0; i < _items.Length; i++)
        {
            long due = Math.Max(_items[i].NextProbe, notBefore[i]);
            if (due <= now && (best < 0 || _items[i].NextProbe < _items[best].NextProbe))
                best = i;
        }

        return best;
    }

    /// <summary>When the next probe can be sent; <see cref="long.MaxValue"/> when none is due.</summary>
    public long NextProbe(ReadOnlySpan<long> notBefore)
    {
        long earliest = long.MaxValue;
        for (int i = 0; i < _items.Length; i++)
            earliest = Math.Min(earliest, Math.Max(_items[i].NextProbe, notBefore[i]));
        return earliest;
    }

    /// <summary>A probe was sent: none is due until it ends.</summary>
    public void BeginProbe(int device) => _items[device].NextProbe = long.MaxValue;

    /// <summary>The device did not answer.</summary>
    /// <returns>True when this failure ended its being polled.</returns>
    public bool NoteFailure(int device, long now)
    {
        ref Item item = ref _items[device];
        item.Failures++;
        if (item.IsProbing)
        {
            int max = Volatile.Read(ref item.MaxMs);
            item.PauseMs = Math.Min(max, Math.Max(Volatile.Read(ref item.MinMs), 2 * Math.Min(item.PauseMs, max)));
            item.NextProbe = now + Jittered(item.PauseMs);
            return false;
        }

        if (item.Failures < item.Limit)
            return false;
        item.IsProbing = true;
        item.PauseMs = Volatile.Read(ref item.MinMs);
        item.NextProbe = now + Jittered(item.PauseMs);
        return true;
    }

    /// <summary>The device answered, if only with an exception.</summary>
    /// <returns>True when it is polled again from here on.</returns>
    public bool NoteAnswer(int device)
    {
        ref Item item = ref _items[device];
        bool wasProbing = item.IsProbing;
        item.Failures = 0;
        item.IsProbing = false;
        item.PauseMs = 0;
        item.NextProbe = long.MaxValue;
        return wasProbing;
    }

    /// <summary>Makes the probe of every probed device due: a new connection may have cured them.</summary>
    public void ProbeAllNow(long now)
    {
        foreach (ref Item item in _items.AsSpan())
        {
            if (item.IsProbing)
                item.NextProbe = now;
        }
    }

    /// <summary>True when no device of the line answered its last request.</summary>
    public bool AreAllSilent
    {
        get
        {
            foreach (ref readonly Item item in _items.AsSpan())
            {
                if (item.IsAsked && item.Failures == 0)
                    return false;
            }

            return true;
        }
    }

    // Downwards only, so that the longest pause of the configuration is never exceeded.
    private long Jittered(int ms) => (long)(ms * TimeSpan.TicksPerMillisecond * (0.8 + 0.2 * _jitter.NextDouble()));

    private struct Item
    {
        public int Limit;
        public int MinMs;
        public int MaxMs;
        public int PauseMs;
        public int Failures;
        public bool IsProbing;
        public bool IsAsked;
        public long NextProbe;
    }
}
