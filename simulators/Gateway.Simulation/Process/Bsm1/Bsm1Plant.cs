using System.Runtime.InteropServices;
using Gateway.Simulation.Instruments;

namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// Benchmark Simulation Model No. 1: five ASM1 tanks and a ten-layer settler with sensors, actuators and the two default
/// control loops, as one system of differential equations. Steps allocate nothing; equal calls give equal bits. Owned
/// by one thread.
/// </summary>
public sealed partial class Bsm1Plant : IContinuousSystem
{
    /// <summary>
    /// Steps per minute that follow noise, sensors and actuators: 6 s, with which the fourth order has the figures of a
    /// stormy fortnight to six digits. docs/bsm1.md has the convergence table.
    /// </summary>
    public const int FineStepsPerMinute = 10;

    /// <summary>Steps per minute that are enough for constant influent without noise: 20 s.</summary>
    public const int CoarseStepsPerMinute = 3;

    private const double MinutesPerDay = 1440;

    private readonly Bsm1Dimensions _size;
    private readonly PetersenMatrix _biology;
    private readonly TakacsSettler _settler;
    private readonly BenchmarkSensor[] _sensors;
    private readonly RungeKutta _solver;
    private readonly double[] _state;
    private readonly double[] _scratch;
    private readonly double[] _inflowFrom = new double[InfluentSeries.RowLength];
    private readonly double[] _inflowTo = new double[InfluentSeries.RowLength];
    private readonly bool _hasMixingFilter;
    private InfluentSeries? _influent;
    private NoiseTable? _noise;
    private long _minute;
    private int _part;
    private int _stepsPerMinute = FineStepsPerMinute;

    /// <summary>Builds a plant at the start state, with the constant influent, ideal devices and the loops open.</summary>
    public Bsm1Plant(Bsm1Options? options = null)
    {
        options ??= new Bsm1Options();
        _size = options.Size;
        _biology = new PetersenMatrix(options.Biology);
        _settler = new TakacsSettler(_size.SettlerArea, Bsm1Dimensions.LayerHeight);
        _hasMixingFilter = options.HasMixingFilter;
        _sensors = [.. Bsm1Options.LoopSensors(), .. options.MoreSensors];
        Handles = new PlantHandles(_size);
        OxygenLoop = PiLoop.Oxygen;
        NitrateLoop = PiLoop.Nitrate(_size);
        for (var tank = 0; tank < Bsm1Dimensions.Tanks; tank++)
            _volume[tank] = _size.Volume(tank + 1);

        var length = StateLayout.Sensors;
        foreach (var sensor in _sensors)
        {
            sensor.Offset = length;
            length += sensor.Lags;
        }

        length = (length + 3) & ~3;
        _state = new double[length];
        _scratch = new double[length];
        _solver = new RungeKutta(options.Order, length);
        StartState.Write(_state);
        Attach(InfluentSeries.Constant, null);
        SettleDevices();
    }

    /// <summary>What can be moved.</summary>
    public PlantHandles Handles { get; }

    /// <summary>Sizes.</summary>
    public Bsm1Dimensions Size => _size;

    /// <summary>The biology.</summary>
    public PetersenMatrix Biology => _biology;

    /// <summary>All sensors: oxygen in tank 5, nitrate in tank 2, then those of the options.</summary>
    public IReadOnlyList<BenchmarkSensor> Sensors => _sensors;

    /// <summary>The default loops are closed; otherwise the handles rule.</summary>
    public bool IsControlled { get; set; }

    /// <summary>
    /// Sensors show the truth at once, and actuators obey at once. Lags go on behind that, so that a change to real devices
    /// in a steady state is smooth.
    /// </summary>
    public bool HasIdealDevices { get; set; } = true;

    /// <summary>The oxygen loop.</summary>
    public PiLoop OxygenLoop { get; set; }

    /// <summary>The nitrate loop.</summary>
    public PiLoop NitrateLoop { get; set; }

    /// <summary>Steps in a minute; may be changed at whole minutes.</summary>
    public int StepsPerMinute
    {
        get => _stepsPerMinute;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            if (_part != 0)
                throw new InvalidOperationException("the step can be changed at whole minutes only");
            _stepsPerMinute = value;
        }
    }

    /// <summary>Days since the influent was attached.</summary>
    public double Time => (_minute + ((double)_part / _stepsPerMinute)) / MinutesPerDay;

    /// <summary>Whole minutes since the influent was attached.</summary>
    public long Minute => _minute;

    /// <summary>The state; a reader may look between steps.</summary>
    internal ReadOnlySpan<double> State => _state;

    /// <summary>The state, for those that set it.</summary>
    internal Span<double> MutableState => _state;

    /// <summary>Concentrations in a tank, 1 to 5, in the order of <see cref="Asm1"/>.</summary>
    public ReadOnlySpan<double> Tank(int tank) => _state.AsSpan(StateLayout.Tank(tank), Asm1.Count);

    /// <summary>A settler layer, 0 at the bottom: total solids, then the dissolved components.</summary>
    public ReadOnlySpan<double> Layer(int layer) => _state.AsSpan(StateLayout.Layer(layer), TakacsSettler.Row);

    /// <summary>Concentrations over the weir.</summary>
    /// <param name="row">Receives <see cref="Asm1.Row"/> values.</param>
    public void Effluent(Span<double> row) => Outlet(TakacsSettler.Layers - 1, row);

    /// <summary>Concentrations of return and waste sludge.</summary>
    /// <param name="row">Receives <see cref="Asm1.Row"/> values.</param>
    public void Underflow(Span<double> row) => Outlet(0, row);

    /// <summary>The true value of a variable.</summary>
    public double Truth(PlantVariable variable) => Value(variable, ref MemoryMarshal.GetArrayDataReference(_state));

    /// <summary>What a sensor shows now.</summary>
    public double Shown(BenchmarkSensor sensor)
    {
        if (sensor.IntervalMinutes > 0 && !HasIdealDevices)
            return sensor.Held;
        LoadInputs();
        return Show(sensor, ref MemoryMarshal.GetArrayDataReference(_state), 0);
    }

    /// <summary>Takes another influent, from its first row on, and starts the clock again.</summary>
    /// <param name="influent">For a plant of the benchmark's size: the flow is multiplied by the plant's scale.</param>
    /// <param name="noise">Noise of the sensors, from its first minute on; null for none.</param>
    public void Attach(InfluentSeries influent, NoiseTable? noise)
    {
        (_influent, _noise, _minute, _part) = (influent, noise, 0, 0);
        Refresh();
    }

    /// <summary>Takes over the state of a plant with the same sensors; handles, loops and inputs stay as they are.</summary>
    public void CopyStateOf(Bsm1Plant other)
    {
        if (other._state.Length != _state.Length)
            throw new ArgumentException("the plants have different sensors", nameof(other));
        other._state.CopyTo(_state, 0);
        Refresh();
    }

    /// <summary>Takes an influent that holds until it is set again; the clock goes on.</summary>
    /// <param name="concentrations">Thirteen concentrations.</param>
    /// <param name="flow">Flow in m3/d.</param>
    public void HoldInfluent(ReadOnlySpan<double> concentrations, double flow)
    {
        _influent = null;
        concentrations[..Asm1.Count].CopyTo(_inflowFrom);
        _inflowFrom[InfluentSeries.Flow] = flow;
        _inflowFrom.CopyTo(_inflowTo, 0);
    }

    /// <summary>Moves the plant on by one step.</summary>
    public void Step()
    {
        LoadInputs();
        _solver.Step(this, _state, 1 / (MinutesPerDay * _stepsPerMinute));
        if (++_part < _stepsPerMinute)
            return;
        _part = 0;
        _minute++;
        TakeSamples();
    }

    /// <summary>Evaluates flows, outputs and rates at the present state, so that they can be read between two steps.</summary>
    public void Refresh()
    {
        LoadInputs();
        ((IContinuousSystem)this).Derivatives(_state, 0, _scratch);
    }

    /// <summary>Rates of change per day that the last <see cref="Refresh"/> found.</summary>
    internal ReadOnlySpan<double> Rates => _scratch;

    /// <summary>Puts lags, actuators and the mixing filter where they would come to rest.</summary>
    public void SettleDevices()
    {
        Refresh();
        _mixed.AsSpan(0, Asm1.Count).CopyTo(_state.AsSpan(StateLayout.MixingFilter));
        _state[StateLayout.FilterFlow] = _mixedFlow;
        for (var tank = 0; tank < Bsm1Dimensions.Tanks; tank++)
            _state[StateLayout.AerationLag + tank] = _state[StateLayout.Aeration + tank] = _askedKla[tank];
        _state[StateLayout.Recycle] = _askedRecycle;
        foreach (var sensor in _sensors)
        {
            _state.AsSpan(sensor.Offset, sensor.Lags).Fill(Truth(sensor.Variable));
            sensor.Settle(sensor.Show(Truth(sensor.Variable), 0));
        }

        Refresh();
    }

    private void LoadInputs()
    {
        var start = (double)_part / _stepsPerMinute;
        var end = (double)(_part + 1) / _stepsPerMinute;
        if (_influent is { } influent)
        {
            influent.At(_minute, start, _inflowFrom);
            influent.At(_minute, end, _inflowTo);
            _inflowFrom[InfluentSeries.Flow] *= _size.Scale;
            _inflowTo[InfluentSeries.Flow] *= _size.Scale;
        }

        foreach (var sensor in _sensors)
        {
            sensor.NoiseFrom = _noise?.At(sensor.NoiseColumn, _minute, start) ?? 0;
            sensor.NoiseTo = _noise?.At(sensor.NoiseColumn, _minute, end) ?? 0;
        }
    }

    private void TakeSamples()
    {
        foreach (var sensor in _sensors)
        {
            if (sensor.IntervalMinutes > 0 && _minute % sensor.IntervalMinutes == 0)
                sensor.Sample(sensor.Show(Lagged(sensor, ref MemoryMarshal.GetArrayDataReference(_state)), _noise?.At(sensor.NoiseColumn, _minute, 0) ?? 0));
        }
    }

    private void Outlet(int layer, Span<double> row)
    {
        row[..Asm1.Row].Clear();
        TakacsSettler.Outlet(ref _state[StateLayout.Layer(layer)], ref _state[StateLayout.Tank(5)], ref row[0]);
    }
}
