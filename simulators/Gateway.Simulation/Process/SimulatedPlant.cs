using Gateway.Simulation.Instruments;

namespace Gateway.Simulation.Process;

/// <summary>
/// A works as its controller sees it: signals by tag name or index, commands, status words, heartbeats and local
/// control. Deterministic for its options and the sequence of calls; stepping and access by index allocate nothing.
/// Used by one thread.
/// </summary>
/// <remarks>
/// <para>While no supervisor's heartbeat (<c>SYS_GW_HB</c>) changes, the plant controls itself: valve set-points and
/// blower set-points are its own outputs and a write to them is overwritten in the next step. With a living heartbeat
/// the valve set-points of lanes in mode 1 to 3 and each blower set-point that has been written belong to the
/// supervisor. 10 s without a change of the heartbeat bring the local control back (fallback), and the other set-points
/// return to the plant's own.</para>
/// <para><c>SYS_RAIN_MODE</c> is only kept; the weather is <see cref="Weather"/>.</para>
/// </remarks>
public sealed class SimulatedPlant
{
    /// <summary>Local control returns when the supervisor's heartbeat has not changed for so long.</summary>
    public static readonly TimeSpan HeartbeatTimeout = TimeSpan.FromSeconds(10);

    private const double LongestStep = 5;

    private static readonly string[] InletInstruments =
        ["IN_AIT_102", "IN_AIT_104", "IN_AIT_105", "IN_AIT_106", "IN_AIT_107", "IN_AIT_108"];

    private static readonly string[] EffluentInstruments =
        ["EFF_AIT_602", "EFF_AIT_603", "EFF_AIT_604", "EFF_AIT_605", "EFF_AIT_606", "EFF_AIT_607"];

    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly SignalEntry[] _entries;
    private readonly double[] _values;
    private readonly bool[] _commandedBlowers;
    private readonly LocalControl _local;
    private readonly Instrument[]? _oxygen;
    private readonly TimeSpan _localOffset;
    private DateTimeOffset _heartbeatStart;
    private double _heartbeatAge;
    private bool _hadHeartbeat;
    private bool _wasRemote;

    /// <summary>Builds the plant and runs its process through the warm-up.</summary>
    public SimulatedPlant(PlantOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Now = _heartbeatStart = options.Start;
        _localOffset = options.LocalOffset;
        var settling = TimeSpan.FromSeconds(Math.Floor(options.WarmUp.TotalSeconds / LongestStep) * LongestStep);
        Process = new TreatmentWorks(
            options.Lanes, options.MeanFlowM3PerDayPerLane, options.Seed, (options.Start - settling).ToOffset(_localOffset), options.Influent);
        Process.Influent.Weather = options.Weather;
        _commandedBlowers = new bool[Process.Air.Blowers.Count];
        _local = new LocalControl(options.Lanes);
        WarmUp(options);

        _entries = new SignalTable(this, options).Build();
        _values = new double[_entries.Length];
        for (var index = 0; index < _entries.Length; index++)
            _indexes.Add(_entries[index].Signal.Name, index);
        Signals = Array.ConvertAll(_entries, entry => entry.Signal);
        Inlet = new AnalyzerStation(Array.ConvertAll(InletInstruments, Instrument), Now);
        Effluent = new AnalyzerStation(Array.ConvertAll(EffluentInstruments, Instrument), Now);
        _oxygen = [.. Enumerable.Range(0, options.Lanes * LaneProcess.Zones)
            .Select(index => Instrument($"L{(index / LaneProcess.Zones) + 1}_AIT_DO{(index % LaneProcess.Zones) + 3}"))];
        Publish();
    }

    /// <summary>All signals; the position in this list is the index.</summary>
    public IReadOnlyList<PlantSignal> Signals { get; }

    /// <summary>The process behind the signals, for faults of machines and for the truth.</summary>
    public TreatmentWorks Process { get; }

    /// <summary>The measuring station at the inlet.</summary>
    public AnalyzerStation Inlet { get; }

    /// <summary>The measuring station at the effluent.</summary>
    public AnalyzerStation Effluent { get; }

    /// <summary>The plant's time (UTC).</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>The weather.</summary>
    public Weather Weather
    {
        get => Process.Influent.Weather;
        set => Process.Influent.Weather = value;
    }

    /// <summary>The operator's key switch: whether a supervisor may control.</summary>
    public bool IsRemoteEnabled { get; set; } = true;

    /// <summary>The supervisor controls: enabled, and its heartbeat lives.</summary>
    public bool IsRemoteActive =>
        IsRemoteEnabled && _hadHeartbeat && _heartbeatAge <= HeartbeatTimeout.TotalSeconds;

    /// <summary>Called before each step of at most 5 s with the time at its end.</summary>
    internal Action<DateTimeOffset>? Stepping { get; set; }

    internal double Heartbeat => ((Now - _heartbeatStart).Ticks / TimeSpan.TicksPerSecond) & 0xFFFF;

    internal double SupervisorHeartbeat { get; private set; }

    internal int RainMode { get; set; }

    internal int RemoteWord =>
        (IsRemoteEnabled ? 1 : 0) | (IsRemoteActive ? 2 : 0) | (IsRemoteEnabled && _hadHeartbeat && !IsRemoteActive ? 4 : 0);

    /// <summary>The value of a signal as of the last step.</summary>
    public double this[int index] => _values[index];

    /// <summary>The index of a signal.</summary>
    /// <exception cref="ArgumentException">The plant has no such signal.</exception>
    public int Resolve(string signal) =>
        _indexes.TryGetValue(signal, out var index)
            ? index
            : throw new ArgumentException($"The simulated plant has no signal '{signal}'.", nameof(signal));

    /// <summary>The value of a signal by name; false when the plant has no such signal.</summary>
    public bool TryGet(string signal, out double value)
    {
        var found = _indexes.TryGetValue(signal, out var index);
        value = found ? _values[index] : 0;
        return found;
    }

    /// <summary>
    /// Writes a set-point or command. The value is limited to the signal's range, as the plant's controller would.
    /// False when the signal is read only or the value is not a finite number.
    /// </summary>
    public bool Set(int index, double value)
    {
        var entry = _entries[index];
        if (entry.Write is null || !double.IsFinite(value))
            return false;

        value = Math.Clamp(value, entry.Signal.Low, entry.Signal.High);
        entry.Write(entry.Signal.Kind == SignalKind.Command ? Math.Round(value) : value);
        _values[index] = entry.Read();
        return true;
    }

    /// <summary>Writes by name; false also when the plant has no such signal.</summary>
    public bool Set(string signal, double value) => _indexes.TryGetValue(signal, out var index) && Set(index, value);

    /// <summary>The instrument of a measured signal, for its faults.</summary>
    /// <exception cref="ArgumentException">The plant has no such signal, or it is not measured.</exception>
    public Instrument Instrument(string signal) =>
        _entries[Resolve(signal)].Instrument
        ?? throw new ArgumentException($"The signal '{signal}' is not measured.", nameof(signal));

    /// <summary>What the controller knows of a signal besides its value.</summary>
    public SignalCondition ConditionOf(int index)
    {
        var entry = _entries[index];
        if (entry.Instrument is not { } instrument)
            return SignalCondition.Good;
        if (entry.Lane is { IsIoLost: true })
            return SignalCondition.Unreachable;
        if (instrument.ShowsFault)
            return SignalCondition.Failed;
        if (instrument.IsCalibrating)
            return SignalCondition.Calibrating;
        if (instrument.IsCleaning || HasNoSample(entry))
            return SignalCondition.Held;
        return instrument.IsOverRange ? SignalCondition.OverRange : SignalCondition.Good;
    }

    /// <summary>
    /// The condition of what obeys a set-point (valve, pump, blower, lamps); also <c>IN_PUMPS</c> and <c>L1_MIXER</c>,
    /// which have no set-point. Null when there is no such machine.
    /// </summary>
    public ActuatorCondition? Actuator(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == "IN_PUMPS")
            return Process.Pumping.Condition;
        for (var lane = 0; lane < Process.Lanes.Count; lane++)
        {
            if (name == $"L{lane + 1}_MIXER")
                return Process.Lanes[lane].Mixer;
        }

        return _indexes.TryGetValue(name, out var index) ? _entries[index].Actuator : null;
    }

    /// <summary>The controller starts anew: its heartbeat counts from 0, and control is local until a supervisor's heartbeat changes.</summary>
    public void RestartController()
    {
        _heartbeatStart = Now;
        _hadHeartbeat = false;
        Array.Clear(_commandedBlowers);
    }

    /// <summary>Moves the plant on.</summary>
    /// <param name="seconds">Simulated time, above 0; long steps are divided into steps of at most 5 s.</param>
    public void Step(double seconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        var begin = Now;
        var ticks = (long)Math.Round(seconds * TimeSpan.TicksPerSecond);
        var parts = (int)Math.Ceiling(seconds / LongestStep);
        for (var part = 1; part <= parts; part++)
        {
            // From the begin each time, so that rounding does not add up.
            StepOnce(begin + TimeSpan.FromTicks((long)((Int128)ticks * part / parts)), seconds / parts);
        }
    }

    internal bool IsBlowerRemote(int number) => IsRemoteActive && _commandedBlowers[number];

    internal bool IsLaneRemote(LaneProcess lane) => IsRemoteActive && lane.Mode != 0;

    internal void TakeHeartbeat(double value)
    {
        if (value == SupervisorHeartbeat)
            return;
        SupervisorHeartbeat = value;
        _heartbeatAge = 0;
        _hadHeartbeat = true;
    }

    internal void CommandBlower(int number, double value)
    {
        Process.Air.Blowers[number].Setpoint = value;
        _commandedBlowers[number] = IsRemoteActive;
    }

    private void WarmUp(PlantOptions options)
    {
        var steps = (int)(options.WarmUp.TotalSeconds / LongestStep);
        Now -= TimeSpan.FromSeconds(steps * LongestStep);
        for (var step = 0; step < steps; step++)
            StepProcess(Now + TimeSpan.FromSeconds(LongestStep), LongestStep);
    }

    private void StepOnce(DateTimeOffset end, double seconds)
    {
        Stepping?.Invoke(end);
        _heartbeatAge += seconds;
        StepProcess(end, seconds);
        StepInstruments(seconds);
        Inlet.Step(Now);
        Effluent.Step(Now);
        Publish();
    }

    private void StepProcess(DateTimeOffset end, double seconds)
    {
        Now = end;
        if (!IsRemoteActive)
            ReturnToLocal();
        _wasRemote = IsRemoteActive;
        for (var index = 0; index < Process.Lanes.Count; index++)
        {
            var lane = Process.Lanes[index];
            if (!IsLaneRemote(lane))
                ControlLocally(index, lane, seconds);
        }

        _local.ControlBlowers(Process.Air, _commandedBlowers, seconds);
        Process.Step(Now.ToOffset(_localOffset), seconds);
    }

    // Once, when the supervisor is lost: pumps, dosing, lamps and header pressure go back to the plant's own set-points. What
    // is written later without a supervisor is somebody's act at the panel, and stays.
    private void ReturnToLocal()
    {
        Array.Clear(_commandedBlowers);
        if (!_wasRemote)
            return;
        foreach (var entry in _entries)
        {
            if (entry.Fallback is { } local)
                entry.Write!(local);
        }
    }

    // The local control sees what its probes show, wrong or right; before there are probes it sees the truth.
    private void ControlLocally(int number, LaneProcess lane, double seconds)
    {
        Span<double> oxygen = stackalloc double[LaneProcess.Zones];
        for (var zone = 0; zone < LaneProcess.Zones; zone++)
            oxygen[zone] = _oxygen is { } probes ? probes[(number * LaneProcess.Zones) + zone].Value : lane.Oxygen(zone);
        _local.ControlLane(number, lane, oxygen, seconds);
    }

    private void StepInstruments(double seconds)
    {
        foreach (var entry in _entries)
        {
            if (entry.Instrument is { } instrument && !HasNoSample(entry))
                instrument.Step(entry.Read(), seconds);
        }
    }

    private bool HasNoSample(SignalEntry entry) =>
        entry.Instrument!.IsBatch && (entry.Signal.Area == "inlet" ? Inlet.IsSampleLost : Effluent.IsSampleLost);

    private void Publish()
    {
        for (var index = 0; index < _entries.Length; index++)
        {
            var entry = _entries[index];
            if (entry.Lane is not { IsIoLost: true })
                _values[index] = entry.Instrument?.Value ?? entry.Read();
        }
    }
}
