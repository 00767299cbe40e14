using Gateway.Drivers.Modbus;
using Gateway.Configuration;
using Gateway.Simulation.Instruments;
using Gateway.Simulation.OpcUa;
using Gateway.Simulation.Process;

namespace Gateway.Simulation.Plc;

/// <summary>
/// A plant with all PLCs of a site in front of it. One lock keeps the plant's step and the PLCs' answers apart; members
/// may be called from any thread.
/// </summary>
public sealed class SimulatedPlcStation
{
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly bool[] _isNotANumber;
    private readonly int[] _wireBreaks;
    private bool _haveLinesChanged;
    private readonly List<SimulatedPlc> _plcs = [];
    private readonly List<Disturbance> _opcUaDisturbances = [];
    private FaceFaults _opcUaFaults = FaceFaults.None;

    /// <summary>Puts the devices of <paramref name="site"/> in front of <paramref name="plant"/>, which belongs to the station from now on.</summary>
    /// <param name="site">The site whose lines and register maps are served.</param>
    /// <param name="plant">The plant.</param>
    /// <param name="faults">Fault rules of all lines; null for a set of its own.</param>
    /// <param name="time">Clock of delays and of rules that end; null for the system's.</param>
    public SimulatedPlcStation(SiteConfiguration site, SimulatedPlant plant, FaultRules? faults = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(plant);
        Plant = plant;
        Faults = faults ?? new FaultRules(time: time);
        for (var index = 0; index < plant.Signals.Count; index++)
            _indexes.Add(plant.Signals[index].Name, index);
        _isNotANumber = new bool[plant.Signals.Count];
        _wireBreaks = new int[plant.Signals.Count];
        Disturbances = new DisturbanceSchedule(this);
        plant.Stepping = Disturbances.Apply;
        var lines = new List<SimulatedPlcLine>();
        foreach (ModbusLineDefinition line in site.Lines)
        {
            var plcs = Array.ConvertAll(line.Devices, device => new SimulatedPlc(this, (ModbusDevice)device, site.Plant.Tags));
            _plcs.AddRange(plcs);
            lines.Add(new SimulatedPlcLine(line, plcs, Faults, time ?? TimeProvider.System));
        }

        Lines = lines;
        TagsWithoutSignal = [.. _plcs.SelectMany(plc => plc.TagsWithoutSignal)];
        Refresh();
    }

    /// <summary>The plant. Use it inside <see cref="Use"/> when other threads serve clients.</summary>
    public SimulatedPlant Plant { get; }

    /// <summary>The lines, in the site's order.</summary>
    public IReadOnlyList<SimulatedPlcLine> Lines { get; }

    /// <summary>The PLCs of all lines, in the site's order.</summary>
    public IReadOnlyList<SimulatedPlc> Plcs => _plcs;

    /// <summary>What the PLCs do wrong on the wire.</summary>
    public FaultRules Faults { get; }

    /// <summary>Tags of all PLCs that nothing fills: they read 0.</summary>
    public IReadOnlyList<string> TagsWithoutSignal { get; }

    /// <summary>What goes wrong by the plant's time.</summary>
    public DisturbanceSchedule Disturbances { get; }

    internal Lock Gate { get; } = new();

    /// <summary>What is wrong with the OPC UA face now.</summary>
    internal FaceFaults OpcUaFaults => Volatile.Read(ref _opcUaFaults);

    /// <summary>Names of the nodes of the OPC UA face; null without one.</summary>
    internal IReadOnlySet<string>? OpcUaNodes { get; set; }

    /// <summary>Moves the plant on and shows the result in the PLCs.</summary>
    /// <param name="seconds">Simulated time, above 0.</param>
    public void Step(double seconds)
    {
        lock (Gate)
        {
            Plant.Step(seconds);
            Refresh();
        }

        FollowLines();
    }

    /// <summary>Works on the plant while nobody else does, and shows the result in the PLCs.</summary>
    public T Use<T>(Func<SimulatedPlant, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (Gate)
        {
            var result = work(Plant);
            Refresh();
            return result;
        }
    }

    /// <summary>A PLC by name; null when the site has no such device.</summary>
    public SimulatedPlc? FindPlc(string device) => _plcs.Find(plc => plc.Name == device);

    /// <summary>Whether the plant has a signal.</summary>
    public bool HasSignal(string signal) => _indexes.ContainsKey(signal);

    /// <summary>The value that the PLCs show for a signal: that of the plant, or not-a-number by <see cref="SetNotANumber"/>.</summary>
    /// <exception cref="ArgumentException">The plant has no such signal.</exception>
    public double Value(string signal)
    {
        lock (Gate)
            return ValueOf(Plant.Resolve(signal));
    }

    /// <summary>Switches the PLCs' input of a signal to the pattern of a broken wire, and back.</summary>
    /// <exception cref="ArgumentException">The plant has no such signal.</exception>
    public void SetNotANumber(string signal, bool isNotANumber)
    {
        lock (Gate)
        {
            _isNotANumber[Plant.Resolve(signal)] = isNotANumber;
            Refresh();
        }
    }

    /// <summary>Whether <see cref="SetNotANumber"/> is on for a signal.</summary>
    /// <exception cref="ArgumentException">The plant has no such signal.</exception>
    public bool IsNotANumber(string signal)
    {
        lock (Gate)
            return _isNotANumber[Plant.Resolve(signal)];
    }

    /// <summary>Works on the instrument of a measured signal, for its faults.</summary>
    /// <exception cref="ArgumentException">The plant has no such signal, or it is not measured.</exception>
    public T UseInstrument<T>(string signal, Func<Instrument, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (Gate)
            return work(Plant.Instrument(signal));
    }

    /// <summary>Freezes a PLC, or lets it run on. False when the site has no such device.</summary>
    public bool Freeze(string device, bool isFrozen)
    {
        if (FindPlc(device) is not { } plc)
            return false;
        lock (Gate)
        {
            plc.IsFrozen = isFrozen;
            Refresh();
        }

        return true;
    }

    /// <summary>Switches a PLC off, or on again: it then runs, even when it was frozen. False when the site has no such device.</summary>
    public bool Stop(string device, bool isStopped)
    {
        if (FindPlc(device) is not { } plc)
            return false;
        lock (Gate)
        {
            SwitchUnderGate(plc, isStopped, isRestart: false);
            Refresh();
        }

        FollowLines();
        return true;
    }

    /// <summary>A line by name; null when the site has none.</summary>
    public SimulatedPlcLine? FindLine(string name)
    {
        foreach (var line in Lines)
        {
            if (line.Definition.Name == name)
                return line;
        }

        return null;
    }

    internal void ApplyDisturbances()
    {
        lock (Gate)
        {
            Disturbances.Apply(Plant.Now);
            Refresh();
        }

        FollowLines();
    }

    /// <summary>Counts the disturbances that break the wire of a signal.</summary>
    internal void AddNotANumber(string signal, int count) => _wireBreaks[Plant.Resolve(signal)] += count;

    /// <summary>Switches a PLC off or on while the lock is held; lines follow afterwards.</summary>
    internal void SwitchUnderGate(SimulatedPlc plc, bool isStopped, bool isRestart)
    {
        plc.IsStopped = isStopped;
        plc.IsFrozen = false;
        if (isRestart && plc.Carries(FindSignal("SYS_GW_HB")))
            Plant.RestartController();
        LinesHaveChanged();
    }

    /// <summary>Lines open and close their ports as soon as the lock is free.</summary>
    internal void LinesHaveChanged() => _haveLinesChanged = true;

    /// <summary>Adds a fault rule, or removes the one that was added; gives its number, or 0.</summary>
    internal long SwitchRule(long rule, bool isOn, FaultRule wanted)
    {
        if (rule != 0)
            Faults.Remove(rule);
        return isOn ? Faults.Add(wanted) : 0;
    }

    /// <summary>Adds a disturbance of the OPC UA face, or takes it away; the face follows at its next refresh.</summary>
    internal void SwitchOpcUa(Disturbance disturbance, bool isOn)
    {
        if (isOn)
            _opcUaDisturbances.Add(disturbance);
        else
            _opcUaDisturbances.Remove(disturbance);
        Volatile.Write(ref _opcUaFaults, FaceFaults.Of(_opcUaDisturbances));
    }

    // Outside of the lock: a listener may wait for a socket.
    private void FollowLines()
    {
        if (!_haveLinesChanged)
            return;
        _haveLinesChanged = false;
        foreach (var line in Lines)
            line.FollowPlcs();
    }

    internal int FindSignal(string name) => _indexes.GetValueOrDefault(name, PlcPoint.NoSignal);

    internal double ValueOf(int signal) => _isNotANumber[signal] || _wireBreaks[signal] > 0 ? double.NaN : Plant[signal];

    /// <summary>What the PLCs know of a signal's instrument. Under the lock.</summary>
    internal SignalCondition ConditionOf(int signal) =>
        _isNotANumber[signal] || _wireBreaks[signal] > 0 ? SignalCondition.Failed : Plant.ConditionOf(signal);

    private void Refresh()
    {
        foreach (var plc in _plcs)
            plc.Refresh();
    }
}
