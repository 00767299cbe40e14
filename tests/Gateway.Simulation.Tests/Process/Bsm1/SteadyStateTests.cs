using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Tests.Process.Bsm1;

/// <summary>
/// Rungs 5 and 6 of the ladder: constant influent ends in the published steady states (result sheets of the
/// reference implementation, 2009-05-21).
/// </summary>
public sealed class SteadyStateTests
{
    // tank 1 ... tank 5, underflow, effluent
    private const string OpenLoop = """
        SI    30        30         30        30        30        30        30
        SS    2.8082    1.4588     1.1495    0.99532   0.88949   0.88949   0.88949
        XI    1149.1252 1149.1252  1149.1252 1149.1252 1149.1252 2247.0504 4.3918
        XS    82.1349   76.3862    64.8549   55.6940   49.3056   96.4143   0.18844
        XBH   2551.7658 2553.3851  2557.1314 2559.18   2559.3437 5004.6542 9.7815
        XBA   148.3894  148.3091   148.9413  149.5271  149.7971  292.9200  0.57251
        XP    448.8519  449.5227   450.4184  451.3147  452.2111  884.2737  1.7283
        SO    0.0042984 0.000063132 1.7184   2.4289    0.49094   0.49094   0.49094
        SNO   5.3699    3.6620     6.5409    9.2990    10.4152   10.4152   10.4152
        SNH   7.9179    8.3444     5.5479    2.9674    1.7333    1.7333    1.7333
        SND   1.2166    0.88206    0.82889   0.76679   0.68828   0.68828   0.68828
        XND   5.2849    5.0291     4.3924    3.8790    3.5272    6.8972    0.01348
        SALK  4.9277    5.0802     4.6748    4.2935    4.1256    4.1256    4.1256
        TSS   3285.2004 3282.5463  3277.8534 3273.6327 3269.8370 6393.9844 12.4969
        """;

    private const string ClosedLoop = """
        SI    30        30         30        30        30        30        30
        SS    3.2439    1.6707     1.2195    0.97326   0.80801   0.80801   0.80801
        XI    1149.1683 1149.1683  1149.1683 1149.1683 1149.1683 2247.1366 4.39
        XS    98.6029   91.7032    69.6594   54.4484   44.4828   86.9837   0.16993
        XBH   2552.1095 2552.3711  2560.2025 2563.3104 2562.8514 5011.5177 9.7905
        XBA   151.6721  151.5303   152.6873  153.7108  154.163   301.4575  0.58893
        XP    446.9249  448.0839   449.6336  451.1853  452.7367  885.3022  1.7295
        SO    0.0076964 0.000060271 1.635    2.4745    2         2         2
        SNO   3.5133    1          6.2289    11.0693   13.5243   13.5243   13.5243
        SNH   11.8312   12.5482    7.3197    2.7825    0.67193   0.67193   0.67193
        SND   1.3621    0.78899    0.8307    0.75276   0.6645    0.6645    0.6645
        XND   6.1775    5.9537     4.7131    3.8403    3.2605    6.3757    0.012455
        SALK  5.3399    5.5706     4.8236    4.1538    3.8277    3.8277    3.8277
        TSS   3298.8583 3294.6426  3286.0133 3278.8674 3272.5517 6399.2982 12.5016
        """;

    // Top to bottom.
    private const string OpenLoopSettler = "12.4969 18.1132 29.5402 68.9781 356.0747 356.0747 356.0747 356.0747 356.0747 6393.9844";
    private const string ClosedLoopSettler = "12.5016 18.1183 29.548 69.0015 356.2825 356.2825 356.2825 356.2825 356.2825 6399.2982";

    [Fact]
    public void The_open_loop_rests_at_the_published_state()
    {
        var plant = SteadyPlant.Open();
        CheckPrinted(plant, OpenLoop, OpenLoopSettler);
        CheckFile(plant, "steady_open_loop.csv", 5);
        Assert.Equal(55_338, plant.InternalRecycle);
    }

    [Fact]
    public void The_closed_loop_rests_at_the_published_state()
    {
        var plant = SteadyPlant.Closed();
        CheckPrinted(plant, ClosedLoop, ClosedLoopSettler);
        CheckFile(plant, "steady_closed_loop.csv", 4);
        Reference.Printed("16485.6075", plant.InternalRecycle, "Q_int");
        Reference.Printed("131.6513959", plant.Aeration(5), "KLa5");
        var loops = plant.State.Slice(StateLayout.OxygenLoop, 4);
        Reference.Printed("-12.3486", loops[0] + loops[1], "I + W of the oxygen loop");
        Reference.Printed("-2014.3925", loops[2] + loops[3], "I + W of the nitrate loop");
    }

    [Theory]
    [InlineData(false, 7.3155, 9.1436)]
    [InlineData(true, 7.3273, 9.1390)]
    public void The_sludge_ages_are_the_published_ones(bool controlled, double solidsAge, double biomassAge)
    {
        var plant = controlled ? SteadyPlant.Closed() : SteadyPlant.Open();
        var effluent = new double[Asm1.Row];
        var underflow = new double[Asm1.Row];
        plant.Effluent(effluent);
        plant.Underflow(underflow);
        double solids = 0, biomass = 0;
        for (var tank = 1; tank <= 5; tank++)
        {
            solids += plant.Size.Volume(tank) * Asm1.Solids(plant.Tank(tank));
            biomass += plant.Size.Volume(tank) * Biomass(plant.Tank(tank));
        }

        var perSolids = Biomass(plant.Tank(5)) / Asm1.Solids(plant.Tank(5));
        for (var layer = 0; layer < TakacsSettler.Layers; layer++)
            biomass += plant.Size.LayerVolume * plant.Layer(layer)[TakacsSettler.X] * perSolids;
        var waste = plant.Handles.WasteSludge;
        Assert.Equal(solidsAge, solids / ((plant.EffluentFlow * Asm1.Solids(effluent)) + (waste * Asm1.Solids(underflow))), 4);
        Assert.Equal(biomassAge, biomass / ((plant.EffluentFlow * Biomass(effluent)) + (waste * Biomass(underflow))), 4);
    }

    private static double Biomass(ReadOnlySpan<double> z) => z[Asm1.XBH] + z[Asm1.XBA];

    private static double[][] Places(Bsm1Plant plant)
    {
        var places = new double[7][];
        for (var tank = 1; tank <= 5; tank++)
            places[tank - 1] = plant.Tank(tank).ToArray();
        plant.Underflow(places[5] = new double[Asm1.Row]);
        plant.Effluent(places[6] = new double[Asm1.Row]);
        return places;
    }

    private static double Read(double[] place, string symbol) =>
        symbol == "TSS" ? Asm1.Solids(place) : place[Asm1.Symbols.ToList().IndexOf(symbol)];

    private static void CheckPrinted(Bsm1Plant plant, string table, string settler)
    {
        var places = Places(plant);
        var checkedValues = 0;
        foreach (var words in table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            for (var place = 0; place < 7; place++, checkedValues++)
                Reference.Printed(words[place + 1], Read(places[place], words[0]), $"{words[0]} at place {place + 1}");
        }

        Assert.Equal(14 * 7, checkedValues);
        var layers = settler.Split(' ');
        for (var fromTop = 0; fromTop < TakacsSettler.Layers; fromTop++)
            Reference.Printed(layers[fromTop], plant.Layer(TakacsSettler.Layers - 1 - fromTop)[TakacsSettler.X], $"layer {fromTop + 1} from the top");
    }

    // The recomputed column has ten digits; it comes from an independent implementation of the same equations.
    private static void CheckFile(Bsm1Plant plant, string file, int recomputed)
    {
        var places = Places(plant);
        foreach (var row in Reference.Rows(file))
        {
            var actual = row[0] switch
            {
                "underflow" => Read(places[5], row[1]),
                "effluent" => Read(places[6], row[1]),
                "manipulated" => row[1] == "Qint" ? plant.InternalRecycle : plant.Aeration(5),
                _ when row[0].StartsWith("tank", StringComparison.Ordinal) => Read(places[row[0][^1] - '1'], row[1]),
                _ => plant.Layer(TakacsSettler.Layers - int.Parse(row[0][(row[0].LastIndexOf('_') + 1)..]))[TakacsSettler.X],
            };
            Reference.Close(Reference.Number(row[recomputed]), actual, 1e-7, $"{row[0]} {row[1]}");
        }
    }
}
