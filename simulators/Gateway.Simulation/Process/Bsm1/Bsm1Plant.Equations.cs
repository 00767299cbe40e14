using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gateway.Simulation.Process.Bsm1;

/// <content>The differential equations.</content>
public sealed partial class Bsm1Plant
{
    // Reference implementation: T of the mixing filter and of the recycle pumps in d; two lags with T90 4 min for aeration.
    private const double MixingTime = 1e-4;
    private const double RecycleTime = 0.001;
    private const double AerationTime = 4 / 3.89 / MinutesPerDay;

    private readonly double[] _inflow = new double[InfluentSeries.RowLength];
    private readonly double[] _returned = new double[Asm1.Row];
    private readonly double[] _mixed = new double[Asm1.Row];
    private readonly double[] _volume = new double[Bsm1Dimensions.Tanks];
    private readonly double[] _askedKla = new double[Bsm1Dimensions.Tanks];
    private readonly double[] _kla = new double[Bsm1Dimensions.Tanks];
    private double _askedRecycle;
    private double _recycle;
    private double _mixedFlow;
    private double _feedFlow;

    /// <summary>Influent flow in m3/d, as of the last <see cref="Refresh"/>.</summary>
    public double Inflow => _inflow[InfluentSeries.Flow];

    /// <summary>Influent concentrations, as of the last <see cref="Refresh"/>.</summary>
    public ReadOnlySpan<double> InfluentRow => _inflow.AsSpan(0, Asm1.Row);

    /// <summary>Flow from tank 5 to the settler in m3/d, as of the last <see cref="Refresh"/>.</summary>
    public double SettlerFeed => _feedFlow;

    /// <summary>Flow over the weir in m3/d, as of the last <see cref="Refresh"/>.</summary>
    public double EffluentFlow => _feedFlow - Handles.ReturnSludge - Handles.WasteSludge;

    /// <summary>Internal recycle in m3/d behind its pumps, as of the last <see cref="Refresh"/>.</summary>
    public double InternalRecycle => _recycle;

    /// <summary>Internal recycle in m3/d that controller or handle asks for, as of the last <see cref="Refresh"/>.</summary>
    public double InternalRecycleAsked => _askedRecycle;

    /// <summary>KLa in 1/d that a tank (1 to 5) sees, as of the last <see cref="Refresh"/>.</summary>
    public double Aeration(int tank) => _kla[tank - 1];

    /// <summary>KLa in 1/d that controller or handle asks for, as of the last <see cref="Refresh"/>.</summary>
    public double AerationAsked(int tank) => _askedKla[tank - 1];

    internal TakacsSettler Settler => _settler;

    void IContinuousSystem.Derivatives(ReadOnlySpan<double> state, double fraction, Span<double> derivative)
    {
        ref var y = ref MemoryMarshal.GetReference(state);
        ref var dy = ref MemoryMarshal.GetReference(derivative);
        Blend(fraction);
        Measure(ref y, ref dy);
        Control(ref y, ref dy, fraction);
        Actuate(ref y, ref dy);

        ref var tank5 = ref Unsafe.Add(ref y, StateLayout.Tanks + (4 * Asm1.Row));
        ref var settler = ref Unsafe.Add(ref y, StateLayout.Settler);
        TakacsSettler.Outlet(ref settler, ref tank5, ref _returned[0]);
        React(ref y, ref dy);
        _settler.Derivatives(ref settler, ref tank5, _feedFlow, Handles.ReturnSludge + Handles.WasteSludge, ref Unsafe.Add(ref dy, StateLayout.Settler));
    }

    private void Blend(double fraction)
    {
        ref var from = ref MemoryMarshal.GetArrayDataReference(_inflowFrom);
        ref var to = ref MemoryMarshal.GetArrayDataReference(_inflowTo);
        ref var inflow = ref MemoryMarshal.GetArrayDataReference(_inflow);
        for (nuint at = 0; at < InfluentSeries.RowLength; at += 4)
        {
            var start = Vector256.LoadUnsafe(ref from, at);
            (start + ((Vector256.LoadUnsafe(ref to, at) - start) * fraction)).StoreUnsafe(ref inflow, at);
        }
    }

    private void Measure(ref double y, ref double dy)
    {
        foreach (var sensor in _sensors)
        {
            if (sensor.Lags == 0)
                continue;
            var input = Value(sensor.Variable, ref y);
            for (var lag = sensor.Offset; lag < sensor.Offset + sensor.Lags; lag++)
            {
                var output = Unsafe.Add(ref y, lag);
                Unsafe.Add(ref dy, lag) = (input - output) / sensor.TimeConstant;
                input = output;
            }
        }
    }

    private void Control(ref double y, ref double dy, double fraction)
    {
        for (var tank = 0; tank < Bsm1Dimensions.Tanks; tank++)
            _askedKla[tank] = Handles.Aeration(tank + 1);
        _askedRecycle = Handles.InternalRecycle;
        ref var oxygen = ref Unsafe.Add(ref y, StateLayout.OxygenLoop);
        ref var nitrate = ref Unsafe.Add(ref y, StateLayout.NitrateLoop);
        double oxygenRate = 0, oxygenTracking = 0, nitrateRate = 0, nitrateTracking = 0;
        if (IsControlled)
        {
            _askedKla[4] = OxygenLoop.Output(Show(_sensors[0], ref y, fraction), oxygen, Unsafe.Add(ref oxygen, 1), out oxygenRate, out oxygenTracking);
            _askedRecycle = NitrateLoop.Output(Show(_sensors[1], ref y, fraction), nitrate, Unsafe.Add(ref nitrate, 1), out nitrateRate, out nitrateTracking);
        }

        ref var rates = ref Unsafe.Add(ref dy, StateLayout.OxygenLoop);
        (rates, Unsafe.Add(ref rates, 1)) = (oxygenRate, oxygenTracking);
        (Unsafe.Add(ref rates, 2), Unsafe.Add(ref rates, 3)) = (nitrateRate, nitrateTracking);
    }

    private void Actuate(ref double y, ref double dy)
    {
        for (var tank = 0; tank < Bsm1Dimensions.Tanks; tank++)
        {
            var first = Unsafe.Add(ref y, StateLayout.AerationLag + tank);
            var second = Unsafe.Add(ref y, StateLayout.Aeration + tank);
            Unsafe.Add(ref dy, StateLayout.AerationLag + tank) = (_askedKla[tank] - first) / AerationTime;
            Unsafe.Add(ref dy, StateLayout.Aeration + tank) = (first - second) / AerationTime;
            _kla[tank] = HasIdealDevices ? _askedKla[tank] : second;
        }

        var recycle = Unsafe.Add(ref y, StateLayout.Recycle);
        Unsafe.Add(ref dy, StateLayout.Recycle) = (_askedRecycle - recycle) / RecycleTime;
        _recycle = HasIdealDevices ? _askedRecycle : recycle;
    }

    /// <summary>The five tanks: transport, conversion and aeration. Leaves the flow to the settler.</summary>
    private void React(ref double y, ref double dy)
    {
        var flow = 0.0;
        for (var tank = 0; tank < Bsm1Dimensions.Tanks; tank++)
        {
            ref var z = ref Unsafe.Add(ref y, StateLayout.Tanks + (tank * Asm1.Row));
            ref var dz = ref Unsafe.Add(ref dy, StateLayout.Tanks + (tank * Asm1.Row));
            if (tank == 0 || Handles.HasSideStreams)
            {
                flow = Mix(tank, flow, ref y, ref dy);
                ref var mass = ref MemoryMarshal.GetArrayDataReference(_mixed);
                for (nuint at = 0; at < Asm1.Row; at += 4)
                    ((Vector256.LoadUnsafe(ref mass, at) - (Vector256.LoadUnsafe(ref z, at) * flow)) / _volume[tank]).StoreUnsafe(ref dz, at);
            }
            else
            {
                ref var upstream = ref Unsafe.Subtract(ref z, Asm1.Row);
                var dilution = flow / _volume[tank];
                for (nuint at = 0; at < Asm1.Row; at += 4)
                    ((Vector256.LoadUnsafe(ref upstream, at) - Vector256.LoadUnsafe(ref z, at)) * dilution).StoreUnsafe(ref dz, at);
            }

            _biology.AddConversion(ref z, ref dz);
            Unsafe.Add(ref dz, Asm1.SO) += _kla[tank] * (Bsm1Dimensions.OxygenSaturation - Unsafe.Add(ref z, Asm1.SO));
        }

        _feedFlow = flow - _recycle;
    }

    /// <summary>Mixes all that enters a tank into mass flows (g/d); returns the flow (m3/d).</summary>
    private double Mix(int tank, double upstreamFlow, ref double y, ref double dy)
    {
        var influent = Handles.Share(InletStream.Influent, tank + 1) * _inflow[InfluentSeries.Flow];
        var returned = Handles.Share(InletStream.ReturnSludge, tank + 1) * Handles.ReturnSludge;
        var recycled = Handles.Share(InletStream.InternalRecycle, tank + 1) * _recycle;
        var carbon = Handles.Carbon(tank + 1);
        ref var inflow = ref MemoryMarshal.GetArrayDataReference(_inflow);
        ref var sludge = ref MemoryMarshal.GetArrayDataReference(_returned);
        ref var mass = ref MemoryMarshal.GetArrayDataReference(_mixed);
        ref var tank5 = ref Unsafe.Add(ref y, StateLayout.Tanks + (4 * Asm1.Row));
        // Nothing is upstream of tank 1: its own row is taken with a flow of zero.
        ref var upstream = ref Unsafe.Add(ref y, StateLayout.Tanks + (Math.Max(tank - 1, 0) * Asm1.Row));
        for (nuint at = 0; at < Asm1.Row; at += 4)
        {
            ((Vector256.LoadUnsafe(ref upstream, at) * upstreamFlow) + (Vector256.LoadUnsafe(ref inflow, at) * influent)
                + (Vector256.LoadUnsafe(ref sludge, at) * returned) + (Vector256.LoadUnsafe(ref tank5, at) * recycled)).StoreUnsafe(ref mass, at);
        }

        var flow = upstreamFlow + influent + returned + recycled;
        if (tank == 0)
            flow = Filter(flow, ref y, ref dy);
        mass = ref Unsafe.Add(ref mass, Asm1.SS);
        mass += carbon * Bsm1Dimensions.CarbonStrength;
        return flow + carbon;
    }

    /// <summary>The optional filter at the mixing point replaces flow and mass flows by their filtered values.</summary>
    private double Filter(double flow, ref double y, ref double dy)
    {
        _mixedFlow = flow;
        if (!_hasMixingFilter)
            return flow;
        for (var component = 0; component < Asm1.Count; component++)
        {
            var filtered = Unsafe.Add(ref y, StateLayout.MixingFilter + component);
            Unsafe.Add(ref dy, StateLayout.MixingFilter + component) = (_mixed[component] - filtered) / MixingTime;
            _mixed[component] = filtered;
        }

        var filteredFlow = Unsafe.Add(ref y, StateLayout.FilterFlow);
        Unsafe.Add(ref dy, StateLayout.FilterFlow) = (flow - filteredFlow) / MixingTime;
        return filteredFlow;
    }

    private double Show(BenchmarkSensor sensor, ref double y, double fraction)
    {
        if (HasIdealDevices)
            return Value(sensor.Variable, ref y);
        if (sensor.IntervalMinutes > 0)
            return sensor.Held;
        return sensor.Show(Lagged(sensor, ref y), sensor.NoiseFrom + (fraction * (sensor.NoiseTo - sensor.NoiseFrom)));
    }

    private double Lagged(BenchmarkSensor sensor, ref double y) =>
        sensor.Lags > 0 ? Unsafe.Add(ref y, sensor.Offset + sensor.Lags - 1) : Value(sensor.Variable, ref y);

    private double Value(PlantVariable variable, ref double y)
    {
        switch (variable.Kind)
        {
            case VariableKind.State:
                return Unsafe.Add(ref y, variable.Index);
            case VariableKind.TankSolids:
                return Asm1.Solids(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref y, variable.Index), Asm1.Count));
            case VariableKind.InfluentFlow:
                return _inflow[InfluentSeries.Flow];
            case VariableKind.Influent:
                return _inflow[variable.Index];
            default:
                Span<double> effluent = stackalloc double[Asm1.Row];
                TakacsSettler.Outlet(ref Unsafe.Add(ref y, StateLayout.Layer(TakacsSettler.Layers - 1)), ref Unsafe.Add(ref y, StateLayout.Tank(5)), ref effluent[0]);
                return variable.Kind == VariableKind.EffluentCod ? Quality.Cod(effluent) : Quality.TotalNitrogen(effluent, _biology.Parameters);
        }
    }
}
