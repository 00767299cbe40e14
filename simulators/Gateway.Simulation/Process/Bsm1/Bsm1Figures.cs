namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// The evaluation figures of the benchmark by name, in a fixed order (Alex et al. 2008, section 6; the updated criteria,
/// and the older ones with the ending "_original"). Immutable.
/// </summary>
public sealed class Bsm1Figures
{
    /// <summary>Effluent limits in g/m3.</summary>
    private const double MostNitrogen = 18, MostCod = 100, MostAmmonium = 4, MostSolids = 30, MostBod = 10;

    private readonly List<KeyValuePair<string, double>> _values = new(100);

    internal Bsm1Figures(Evaluation evaluation)
    {
        Samples = evaluation.Count;
        AddEffluent(evaluation);
        AddIndexes(evaluation);
        AddLimits(evaluation);
        if (!evaluation.IsControlled)
            return;
        AddLoop("NO", evaluation.NitrateError, evaluation.NitrateOutput);
        AddLoop("O", evaluation.OxygenError, evaluation.OxygenOutput);
    }

    /// <summary>Number of samples.</summary>
    public int Samples { get; }

    /// <summary>All figures in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Values => _values;

    /// <summary>The figure of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    public double this[string name]
    {
        get
        {
            foreach (var (key, value) in _values)
            {
                if (key == name)
                    return value;
            }

            throw new KeyNotFoundException($"there is no figure '{name}'");
        }
    }

    private double Days => Samples * Evaluation.SampleDays;

    private void Add(string name, double value) => _values.Add(new(name, value));

    // Means weighted with the flow, g/m3.
    private void AddEffluent(Evaluation e)
    {
        var flow = e.Total(Evaluation.Sum.EffluentFlow);
        Add("Qe", flow * Evaluation.SampleDays / Days);
        for (var component = 0; component < Asm1.Count; component++)
            Add(Asm1.Symbols[component], e.EffluentSums[component] / flow);
        Add("TSS", e.Total(Evaluation.Sum.EffluentSolids) / flow);
        Add("NKj", e.Total(Evaluation.Sum.EffluentKjeldahl) / flow);
        Add("TN", (e.Total(Evaluation.Sum.EffluentKjeldahl) + e.EffluentSums[Asm1.SNO]) / flow);
        Add("COD", e.Total(Evaluation.Sum.EffluentCod) / flow);
        Add("BOD", e.Total(Evaluation.Sum.EffluentBod) / flow);
    }

    private void AddIndexes(Evaluation e)
    {
        var share = Evaluation.SampleDays / Days;
        double Mean(Evaluation.Sum sum) => e.Total(sum) * share;

        var aeration = Bsm1Dimensions.OxygenSaturation / 1800 * Mean(Evaluation.Sum.Transfer);
        var pumping = Mean(Evaluation.Sum.Pumping);
        var mixing = 24 * 0.005 * Mean(Evaluation.Sum.MixedVolume);
        var carbon = Bsm1Dimensions.CarbonStrength / 1000 * Mean(Evaluation.Sum.Carbon);
        var sludge = (e.MassGain / Days) + (Mean(Evaluation.Sum.WastedSolids) / 1000);
        var aerationOriginal = 24 * Mean(Evaluation.Sum.AerationOriginal);
        var pumpingOriginal = 0.04 * Mean(Evaluation.Sum.Pumped);
        var rest = (5 * sludge) + (3 * carbon) + mixing;

        Add("EQI", Mean(Evaluation.Sum.Effluent) / 1000);
        Add("OCI", aeration + pumping + rest);
        Add("AE", aeration);
        Add("PE", pumping);
        Add("ME", mixing);
        Add("EC", carbon);
        Add("SP", sludge);
        Add("SP_total", sludge + (Mean(Evaluation.Sum.EffluentSolids) / 1000));
        Add("IQI", Mean(Evaluation.Sum.Influent) / 1000);
        Add("EQI_original", Mean(Evaluation.Sum.EffluentOriginal) / 1000);
        Add("OCI_original", aerationOriginal + pumpingOriginal + rest);
        Add("AE_original", aerationOriginal);
        Add("PE_original", pumpingOriginal);
        Add("IQI_original", Mean(Evaluation.Sum.InfluentOriginal) / 1000);
    }

    private void AddLimits(Evaluation e)
    {
        Add("SNH95", Statistics.Percentile(e.Ammonium, 95));
        Add("TN95", Statistics.Percentile(e.TotalNitrogen, 95));
        Add("TSS95", Statistics.Percentile(e.Solids, 95));
        AddLimit("TN", e.TotalNitrogen, MostNitrogen);
        AddLimit("COD", e.Cod, MostCod);
        AddLimit("SNH", e.Ammonium, MostAmmonium);
        AddLimit("TSS", e.Solids, MostSolids);
        AddLimit("BOD", e.Bod, MostBod);
    }

    private void AddLimit(string name, double[] values, double limit)
    {
        var (samples, runs) = Statistics.Above(values, limit);
        Add($"viol_{name}_d", samples * Evaluation.SampleDays);
        Add($"viol_{name}_pct", 100.0 * samples / values.Length);
        Add($"viol_{name}_n", runs);
    }

    private void AddLoop(string name, double[] errors, double[] outputs)
    {
        double sum = 0, absolute = 0, squares = 0, most = 0;
        foreach (var error in errors)
        {
            sum += error;
            absolute += Math.Abs(error);
            squares += error * error;
            most = Math.Max(most, Math.Abs(error));
        }

        var mean = sum / errors.Length;
        var variance = (squares / errors.Length) - (mean * mean);
        Add($"mean_{name}", mean);
        Add($"absmean_{name}", absolute / errors.Length);
        Add($"IAE_{name}", absolute * Evaluation.SampleDays);
        Add($"ISE_{name}", squares * Evaluation.SampleDays);
        Add($"max_{name}", most);
        Add($"std_{name}", Math.Sqrt(Math.Max(variance, 0)));
        Add($"var_{name}", variance);

        double moves = 0, moveSquares = 0, rise = double.NegativeInfinity;
        for (var index = 1; index < outputs.Length; index++)
        {
            var move = outputs[index] - outputs[index - 1];
            moves += Math.Abs(move);
            moveSquares += move * move;
            rise = Math.Max(rise, move);
        }

        var count = outputs.Length - 1;
        var moveVariance = (moveSquares / count) - (moves / count * (moves / count));
        Add($"mv_range_{name}", outputs.Max() - outputs.Min());
        Add($"mv_maxd_{name}", rise);
        Add($"mv_mean_{name}", outputs.Average());
        Add($"mv_stdd_{name}", Math.Sqrt(Math.Max(moveVariance, 0)));
        Add($"mv_vard_{name}", moveVariance);
    }
}
