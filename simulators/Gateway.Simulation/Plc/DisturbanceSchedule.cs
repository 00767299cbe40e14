namespace Gateway.Simulation.Plc;

/// <summary>
/// The disturbances of a station by the plant's time. Several may act on the same thing: their measures add up, and it
/// is right again when the last one ends. Used under the station's lock; a step allocates nothing while none begins or
/// ends.
/// </summary>
public sealed class DisturbanceSchedule
{
    /// <summary>Most disturbances at once.</summary>
    public const int MostDisturbances = 1000;

    private readonly SimulatedPlcStation _station;
    private readonly List<ActiveDisturbance> _active = [];
    private long _lastId;

    internal DisturbanceSchedule(SimulatedPlcStation station) => _station = station;

    /// <summary>Adds a disturbance, counted from the plant's time now, and returns its number.</summary>
    /// <exception cref="ArgumentException">It cannot be used; the message says why.</exception>
    /// <exception cref="InvalidOperationException">There are <see cref="MostDisturbances"/> already.</exception>
    public long Add(Disturbance disturbance)
    {
        ArgumentNullException.ThrowIfNull(disturbance);
        if (disturbance.FindMistake() is { } mistake)
            throw new ArgumentException(mistake, nameof(disturbance));
        long id;
        lock (_station.Gate)
        {
            var effect = DisturbanceEffect.Find(_station, disturbance);
            if (_active.Count >= MostDisturbances)
                _active.RemoveAll(active => active.Disturbance.IsOver(active.Seconds(_station.Plant.Now)));
            if (_active.Count >= MostDisturbances)
                throw new InvalidOperationException($"there are {MostDisturbances} disturbances already; remove some first");
            id = ++_lastId;
            _active.Add(new ActiveDisturbance(id, disturbance, effect, _station.Plant.Now));
        }

        _station.ApplyDisturbances();
        return id;
    }

    /// <summary>Ends and removes a disturbance; false when there is none of that number.</summary>
    public bool Remove(long id) => Remove(active => active.Id == id);

    /// <summary>Ends and removes all.</summary>
    public void Clear() => Remove(_ => true);

    /// <summary>All that have not been removed.</summary>
    public IReadOnlyList<DisturbanceState> List()
    {
        lock (_station.Gate)
        {
            return _active.ConvertAll(active => new DisturbanceState(
                active.Id, active.Disturbance, active.Level, active.Disturbance.IsOver(active.Seconds(_station.Plant.Now))));
        }
    }

    /// <summary>Brings all to their strength of a time.</summary>
    internal void Apply(DateTimeOffset now)
    {
        foreach (var active in _active)
            active.Apply(active.Disturbance.Level(active.Seconds(now)), now);
    }

    private bool Remove(Predicate<ActiveDisturbance> which)
    {
        bool found;
        lock (_station.Gate)
        {
            foreach (var active in _active)
            {
                if (which(active))
                    active.Apply(0, _station.Plant.Now);
            }

            found = _active.RemoveAll(which) > 0;
        }

        _station.ApplyDisturbances();
        return found;
    }

    private sealed class ActiveDisturbance(long id, Disturbance disturbance, DisturbanceEffect effect, DateTimeOffset added)
    {
        private readonly DateTimeOffset _added = added;
        private DateTimeOffset _last = added;

        public long Id => id;

        public Disturbance Disturbance => disturbance;

        public double Level { get; private set; }

        public double Seconds(DateTimeOffset now) => (now - _added).TotalSeconds;

        public void Apply(double level, DateTimeOffset now)
        {
            var hours = (now - _last).TotalHours;
            _last = now;
            if (level == Level && disturbance.Kind != DisturbanceKind.Drift)
                return;
            effect.Apply(level, hours);
            Level = level;
        }
    }
}
