using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Tests.Process.Bsm1;

/// <summary>Rungs 7 and 8 of the ladder: the evaluation of a constant week, and its arithmetic by hand.</summary>
public sealed class EvaluationTests
{
    // Published evaluation of the open-loop steady state (ring test workbook, 2009-05-19).
    private static readonly (string Figure, double Published)[] ConstantWeek =
    [
        ("IQI_original", 42043.863026719), ("IQI", 52083.209202720), ("EQI_original", 6479.6485), ("EQI", 5254.282273969),
        ("SP", 2461.684002520), ("SP_total", 2687.391414454), ("AE_original", 6476.112), ("AE", 3341.386666667),
        ("PE_original", 2966.76), ("PE", 388.17), ("ME", 240), ("OCI_original", 21991.292), ("OCI", 16277.976679267),
        ("NKj", 3.630622164), ("TN", 14.045842272), ("COD", 47.552092651), ("BOD", 2.650910629), ("EC", 0), ("Qe", 18061),
    ];

    [Fact]
    public void A_constant_week_has_the_published_figures()
    {
        var figures = Week(SteadyPlant.Open());
        foreach (var (figure, published) in ConstantWeek)
            Reference.Close(published, figures[figure], 1e-6, figure);
        foreach (var limit in (string[])["TN", "COD", "SNH", "TSS", "BOD"])
        {
            Assert.Equal(0, figures[$"viol_{limit}_d"]);
            Assert.Equal(0, figures[$"viol_{limit}_n"]);
        }

        Reference.Close(figures["SNH"], figures["SNH95"], 1e-9, "percentile of a constant");
        Assert.DoesNotContain(figures.Values, value => value.Key.EndsWith("_NO", StringComparison.Ordinal));
    }

    [Fact]
    public void An_ideal_loop_at_rest_has_no_error()
    {
        var figures = Week(SteadyPlant.Closed());
        foreach (var loop in (string[])["NO", "O"])
        {
            foreach (var name in (string[])["mean", "absmean", "IAE", "ISE", "max", "std"])
                Assert.True(Math.Abs(figures[$"{name}_{loop}"]) < 1e-6, $"{name}_{loop}: {figures[$"{name}_{loop}"]}");
        }

        Reference.Close(16485.6075, figures["mv_mean_NO"], 1e-7, "mean recycle");
        Reference.Close(131.6513959, figures["mv_mean_O"], 1e-7, "mean KLa5");
    }

    [Fact]
    public void The_keys_of_the_contract_are_there_in_their_order()
    {
        const string Keys = """
            Qe SI SS XI XS XBH XBA XP SO SNO SNH SND XND SALK TSS NKj TN COD BOD EQI OCI AE PE ME EC SP SP_total IQI SNH95 TN95 TSS95
            viol_TN_d viol_COD_d viol_SNH_d viol_TSS_d viol_BOD_d viol_TN_n viol_COD_n viol_SNH_n viol_TSS_n viol_BOD_n
            mean_NO absmean_NO IAE_NO ISE_NO max_NO std_NO var_NO mv_range_NO mv_maxd_NO mv_mean_NO mv_stdd_NO
            mean_O absmean_O IAE_O ISE_O max_O std_O var_O mv_range_O mv_maxd_O mv_mean_O mv_stdd_O
            """;
        var figures = Week(SteadyPlant.Closed());
        foreach (var key in Keys.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            Assert.True(double.IsFinite(figures[key]), key);
        Assert.Throws<KeyNotFoundException>(() => figures["EQ"]);
        Assert.Equal(figures.Values.Count, figures.Values.Select(value => value.Key).Distinct().Count());
    }

    [Fact]
    public void Percentiles_stand_in_the_middle_of_their_share()
    {
        double[] values = [4, 1, 3, 2, 5]; // sorted, they stand at 10, 30, 50, 70 and 90 %
        Assert.Equal(3, Statistics.Percentile(values, 50));
        Assert.Equal(2.5, Statistics.Percentile(values, 40), 12);
        Assert.Equal(1, Statistics.Percentile(values, 5));
        Assert.Equal(5, Statistics.Percentile(values, 95));
        var many = Enumerable.Range(1, 672).Select(i => (double)i).ToArray();
        Assert.Equal((0.95 * 672) + 0.5, Statistics.Percentile(many, 95), 9);
    }

    [Fact]
    public void Violations_are_strictly_above_and_counted_in_runs()
    {
        Assert.Equal((0, 0), Statistics.Above([4, 4, 4], 4));
        Assert.Equal((4, 3), Statistics.Above([5, 1, 5, 5, 4, 5], 4));
    }

    [Fact]
    public void The_loads_of_the_influent_are_those_of_the_constant_one_by_hand()
    {
        // (2 TSS + COD + 30 NKj + 10 SNO + 2 BOD) Q, with BOD at 0.65 of the degradable COD.
        const double Solids = 211.2675, Cod = 30 + 69.5 + 51.2 + 202.32 + 28.17;
        const double Kjeldahl = 31.56 + 6.95 + 10.59 + (0.08 * 28.17) + (0.06 * 51.2);
        const double Bod = 0.65 * (69.5 + 202.32 + (0.92 * 28.17));
        var figures = Week(SteadyPlant.Open());
        Reference.Close(18.446 * ((2 * Solids) + Cod + (30 * Kjeldahl) + (2 * Bod)), figures["IQI"], 1e-12, "IQI");
    }

    [Theory]
    [InlineData("influent_dry.csv", 18446.3318, 10000, 32180, 18446.3318, 52081.395)]
    [InlineData("influent_rain.csv", 21319.7548, 10000, 52126, 24193.1778, 52081.395)]
    [InlineData("influent_storm.csv", 19744.7158, 10000, 60000, 21043.0997, 54061.497)]
    public void The_official_influents_where_they_are_have_the_published_sums(string file, double mean, double least, double most, double secondWeek, double index)
    {
        if (Reference.Path(file) is not { } path)
        {
            Assert.Null(Reference.Folder is null ? null : Reference.Path("influent_constant.csv")); // all of the files or none
            return;
        }

        var (influent, errors) = Bsm1Files.ReadInfluent(path);
        Assert.Empty(errors);
        var flow = Enumerable.Range(0, influent!.Count).Select(row => influent[row][InfluentSeries.Flow]).ToArray();
        Assert.Equal(1344, flow.Length);
        Assert.Equal(mean, flow.Average(), 4);
        Assert.Equal(least, flow.Min());
        Assert.Equal(most, flow.Max());
        Assert.Equal(secondWeek, flow[672..].Average(), 4);
        var plant = new Bsm1Plant();
        var evaluation = new Evaluation(plant, 672);
        for (var row = 672; row < 1344; row++)
        {
            plant.HoldInfluent(influent[row], influent[row][InfluentSeries.Flow]);
            evaluation.Sample();
        }

        Assert.Equal(index, evaluation.End()["IQI"], 3);
    }

    private static Bsm1Figures Week(Bsm1Plant plant)
    {
        plant.Attach(InfluentSeries.Constant, null);
        plant.StepsPerMinute = Bsm1Plant.CoarseStepsPerMinute;
        var evaluation = new Evaluation(plant, 672);
        for (var sample = 0; sample < 672; sample++)
        {
            evaluation.Sample();
            while (plant.Minute < (sample + 1) * 15)
                plant.Step();
        }

        return evaluation.End();
    }
}
