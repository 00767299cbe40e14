namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// Collects the samples that the benchmark's criteria are computed from: one every 15 minutes, true values. Sampling
/// allocates nothing. Owned by the thread that steps the plant.
/// </summary>
public sealed class Evaluation
{
    /// <summary>Time of a sample in d.</summary>
    internal const double SampleDays = 1.0 / InfluentSeries.RowsPerDay;

    private readonly Bsm1Plant _plant;
    private readonly double[] _effluent = new double[Asm1.Row];
    private readonly double[] _effluentSums = new double[Asm1.Count];
    private readonly double[] _sums = new double[Enum.GetValues<Sum>().Length];
    private double _massFirst;
    private double _massLast;
    private bool _isEnded;

    /// <summary>Prepares an evaluation.</summary>
    /// <param name="plant">The plant.</param>
    /// <param name="samples">Number of samples; 672 for the benchmark's seven days.</param>
    public Evaluation(Bsm1Plant plant, int samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        _plant = plant;
        IsControlled = plant.IsControlled;
        TotalNitrogen = new double[samples];
        Cod = new double[samples];
        Ammonium = new double[samples];
        Solids = new double[samples];
        Bod = new double[samples];
        OxygenError = new double[samples];
        NitrateError = new double[samples];
        OxygenOutput = new double[samples + 1];
        NitrateOutput = new double[samples + 1];
    }

    /// <summary>Number of samples taken.</summary>
    public int Count { get; private set; }

    internal Asm1Parameters Parameters => _plant.Biology.Parameters;

    internal bool IsControlled { get; }

    internal double[] TotalNitrogen { get; }

    internal double[] Cod { get; }

    internal double[] Ammonium { get; }

    internal double[] Solids { get; }

    internal double[] Bod { get; }

    internal double[] OxygenError { get; }

    internal double[] NitrateError { get; }

    internal double[] OxygenOutput { get; }

    internal double[] NitrateOutput { get; }

    internal ReadOnlySpan<double> EffluentSums => _effluentSums;

    /// <summary>Growth of the sludge in tanks and settler from the first to the last sample, kg.</summary>
    internal double MassGain => _massLast - _massFirst;

    internal double Total(Sum sum) => _sums[(int)sum];

    /// <summary>Takes the sample of the plant's present time.</summary>
    public void Sample()
    {
        _plant.Refresh();
        OxygenOutput[Count] = _plant.AerationAsked(5);
        NitrateOutput[Count] = _plant.InternalRecycleAsked;
        OxygenError[Count] = _plant.OxygenLoop.Setpoint - _plant.Tank(5)[Asm1.SO];
        NitrateError[Count] = _plant.NitrateLoop.Setpoint - _plant.Tank(2)[Asm1.SNO];
        SampleEffluent();
        SampleInfluent();
        SampleCosts();
        _massLast = SludgeMass();
        if (Count == 0)
            _massFirst = _massLast;
        Count++;
    }

    /// <summary>Takes the last values of the manipulated variables, which count at the end of the window, too.</summary>
    /// <returns>The figures.</returns>
    /// <exception cref="InvalidOperationException">Samples are missing, or it has ended before.</exception>
    public Bsm1Figures End()
    {
        if (_isEnded || Count != Solids.Length)
            throw new InvalidOperationException("an evaluation ends once, with all of its samples");
        _isEnded = true;
        _plant.Refresh();
        OxygenOutput[Count] = _plant.AerationAsked(5);
        NitrateOutput[Count] = _plant.InternalRecycleAsked;
        return new Bsm1Figures(this);
    }

    private void SampleEffluent()
    {
        _plant.Effluent(_effluent);
        var flow = _plant.EffluentFlow;
        var kjeldahl = Quality.KjeldahlNitrogen(_effluent, Parameters);
        var solids = Solids[Count] = Asm1.Solids(_effluent);
        var cod = Cod[Count] = Quality.Cod(_effluent);
        var bod = Bod[Count] = Quality.Bod(_effluent, Parameters, Quality.EffluentBodShare);
        var nitrate = _effluent[Asm1.SNO];
        TotalNitrogen[Count] = nitrate + kjeldahl;
        Ammonium[Count] = _effluent[Asm1.SNH];
        for (var component = 0; component < Asm1.Count; component++)
            _effluentSums[component] += flow * _effluent[component];
        Add(Sum.EffluentFlow, flow);
        Add(Sum.EffluentSolids, flow * solids);
        Add(Sum.EffluentKjeldahl, flow * kjeldahl);
        Add(Sum.EffluentCod, flow * cod);
        Add(Sum.EffluentBod, flow * bod);
        Add(Sum.Effluent, flow * Load(solids, cod, kjeldahl, nitrate, bod, 30, 10));
        Add(Sum.EffluentOriginal, flow * Load(solids, cod, kjeldahl, nitrate, bod, 20, 20));
    }

    private void SampleInfluent()
    {
        var z = _plant.InfluentRow;
        var solids = Asm1.Solids(z);
        var cod = Quality.Cod(z);
        var kjeldahl = Quality.KjeldahlNitrogen(z, Parameters);
        var bod = Quality.Bod(z, Parameters, Quality.InfluentBodShare);
        Add(Sum.Influent, _plant.Inflow * Load(solids, cod, kjeldahl, z[Asm1.SNO], bod, 30, 10));
        Add(Sum.InfluentOriginal, _plant.Inflow * Load(solids, cod, kjeldahl, z[Asm1.SNO], bod, 20, 20));
    }

    private void SampleCosts()
    {
        var handles = _plant.Handles;
        for (var tank = 1; tank <= Bsm1Dimensions.Tanks; tank++)
        {
            var volume = _plant.Size.Volume(tank);
            var kla = _plant.Aeration(tank);
            Add(Sum.Transfer, volume * kla);
            Add(Sum.AerationOriginal, volume / 1333 * ((0.0007 * kla * kla) + (0.3267 * kla)));
            // A tank with little air is mixed by stirrers.
            Add(Sum.MixedVolume, kla < 20 ? volume : 0);
            Add(Sum.Carbon, handles.Carbon(tank));
        }

        Add(Sum.Pumping, (0.004 * _plant.InternalRecycle) + (0.008 * handles.ReturnSludge) + (0.05 * handles.WasteSludge));
        Add(Sum.Pumped, _plant.InternalRecycle + handles.ReturnSludge + handles.WasteSludge);
        Add(Sum.WastedSolids, _plant.Layer(0)[TakacsSettler.X] * handles.WasteSludge);
    }

    // kg of solids in tanks and settler.
    private double SludgeMass()
    {
        double mass = 0;
        for (var tank = 1; tank <= Bsm1Dimensions.Tanks; tank++)
            mass += _plant.Size.Volume(tank) * Asm1.Solids(_plant.Tank(tank));
        for (var layer = 0; layer < TakacsSettler.Layers; layer++)
            mass += _plant.Size.LayerVolume * _plant.Layer(layer)[TakacsSettler.X];
        return mass / 1000;
    }

    private void Add(Sum sum, double value) => _sums[(int)sum] += value;

    private static double Load(double solids, double cod, double kjeldahl, double nitrate, double bod, double kjeldahlWeight, double nitrateWeight) =>
        (2 * solids) + cod + (kjeldahlWeight * kjeldahl) + (nitrateWeight * nitrate) + (2 * bod);

    /// <summary>What is summed over the samples.</summary>
    internal enum Sum
    {
        EffluentFlow,
        EffluentSolids,
        EffluentKjeldahl,
        EffluentCod,
        EffluentBod,
        Effluent,
        EffluentOriginal,
        Influent,
        InfluentOriginal,
        Transfer,
        AerationOriginal,
        MixedVolume,
        Carbon,
        Pumping,
        Pumped,
        WastedSolids,
    }
}
