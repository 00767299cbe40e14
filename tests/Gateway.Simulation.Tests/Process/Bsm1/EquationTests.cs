using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Tests.Process.Bsm1;

/// <summary>Rungs 3 and 4 of the ladder, the settler's fluxes, the scaling law and the balances.</summary>
public sealed class EquationTests
{
    private static readonly Bsm1Options NoFilter = new() { HasMixingFilter = false };

    // Rates per day at the start state: tank 1, and where tanks 2 to 5 differ only in oxygen.
    private static readonly double[] Tank1Rates = [0, 1194.642843, 18707.25001, 4670.831856, 9904.394125, 1799.059259, 1788.681481, -836.5568701, -261.3254633, 400.0317653, 94.55414346, 214.9615114, -18.05903796];
    private static readonly double[] LaterRates = [0, 4.875842517, 0, -837.4443459, 503.3628973, 22.77777778, 12.4, double.NaN, 107.5945367, -145.2319947, -15.19955654, 1.855556541, -18.05903796];
    private static readonly double[] LaterOxygen = [-799.6648701, 640.3351299, 640.3351299, -295.6648701];

    // Settling velocity by hand for layers of 10 to 4000 g/m3 (bottom first) and a feed of 1350 g/m3.
    private static readonly double[] StartSolids = [4000, 2000, 350, 350, 300, 200, 70, 40, 20, 10];

    // From the top: solids in g/m3, velocity in m/d, gravity flux and flux through the lower face in g/m2/d.
    private static readonly double[][] OpenLoopFlux =
    [
        [12.49695, 5.4112048, 67.623555, 67.623555],
        [18.113213, 11.329432, 205.21242, 205.21242],
        [29.540227, 23.02183, 680.07011, 680.07011],
        [68.978051, 59.974227, 4136.9052, 4136.9052],
        [356.07471, 212.87645, 75799.919, 75799.919],
        [356.07471, 212.87645, 75799.919, 75799.919],
        [356.07471, 212.87645, 75799.919, 75799.919],
        [356.07471, 212.87645, 75799.919, 75799.919],
        [356.07471, 212.87645, 75799.919, 75799.919],
        [6393.9844, 11.971946, 76548.434, 0],
    ];

    // Tank 1 after 15 minutes, 1 day, 5 days and 50 days of the start-up (independent recomputation, eight digits).
    private static readonly (int Minute, double[] Tank1)[] StartUp =
    [
        (15, [30, 10.539205, 1237.4455, 138.34416, 626.51447, 123.21932, 123.27231, 0.027355162, 17.155777, 4.9493045, 1.5419071]),
        (1440, [30, 5.9359256, 1163.8247, 68.724218, 1050.1516, 117.05056, 120.79864, 0.015185641, 10.354484, 7.5158112, 1.870781]),
        (7200, [30, 3.519741, 1090.2399, 75.018995, 1925.865, 120.28954, 179.93155, 0.0069047316, 6.4619126, 8.6602707, 1.3875518]),
        (72000, [30, 2.8089251, 1147.9632, 82.132035, 2551.1847, 148.2111, 447.24176, 0.0042967188, 5.3644663, 7.92573, 1.2167446]),
    ];

    [Fact]
    public void The_right_hand_side_at_the_start_state_is_the_recomputed_one()
    {
        var plant = new Bsm1Plant(NoFilter);
        plant.Refresh();
        for (var component = 0; component < Asm1.Count; component++)
        {
            Reference.Close(Tank1Rates[component], plant.Rates[StateLayout.Tank(1) + component], 1e-8, $"tank 1, {Asm1.Symbols[component]}");
            for (var tank = 2; tank <= 5; tank++)
            {
                var expected = component == Asm1.SO ? LaterOxygen[tank - 2] : LaterRates[component];
                Reference.Close(expected, plant.Rates[StateLayout.Tank(tank) + component], 1e-8, $"tank {tank}, {Asm1.Symbols[component]}");
            }
        }

        foreach (var row in Reference.Rows("derivative_check.csv"))
            Reference.Close(Reference.Number(row[2]), plant.Rates[Place(row[0])], 1e-7, row[0]);
    }

    [Fact]
    public void The_settler_at_the_start_state_moves_as_by_hand()
    {
        var plant = new Bsm1Plant(NoFilter);
        plant.Refresh();
        double feed = 0.75 * 1800, down = (18_446 + 385) / 1500.0, up = (18_446 - 385) / 1500.0;
        double Flux(int layer) => StartSolids[layer] * TakacsSettler.SettlingVelocity(StartSolids[layer], feed);
        double Face(int layer) => layer is 0 or 10 ? 0
            : layer <= 5 || StartSolids[layer - 1] > 3000 ? Math.Min(Flux(layer), Flux(layer - 1)) : Flux(layer);
        for (var layer = 0; layer < TakacsSettler.Layers; layer++)
        {
            var x = StartSolids[layer];
            var bulk = layer < 5 ? down * (StartSolids[layer + 1] - x)
                : layer == 5 ? (36_892 * feed / 1500) - ((up + down) * x)
                : up * (StartSolids[layer - 1] - x);
            Reference.Close((bulk + Face(layer + 1) - Face(layer)) / 0.4, plant.Rates[StateLayout.Layer(layer)], 1e-11, $"layer {layer}");
        }
    }

    [Fact]
    public void The_velocity_has_its_ends()
    {
        Assert.Equal(0, TakacsSettler.SettlingVelocity(1, 3000));
        Assert.Equal(250, TakacsSettler.SettlingVelocity(800, 3000));
        Reference.Close(11.971946, TakacsSettler.SettlingVelocity(6393.9844, 3269.8370), 1e-7, "velocity at the bottom");
    }

    [Fact]
    public void The_fluxes_at_the_steady_state_are_the_recomputed_ones()
    {
        var plant = SteadyPlant.Open();
        for (var fromTop = 0; fromTop < TakacsSettler.Layers; fromTop++)
        {
            var layer = TakacsSettler.Layers - 1 - fromTop;
            var (expected, solids) = (OpenLoopFlux[fromTop], plant.Layer(layer)[TakacsSettler.X]);
            Reference.Close(expected[0], solids, 1e-7, $"solids of layer {layer}");
            Reference.Close(expected[1], TakacsSettler.SettlingVelocity(solids, Asm1.Solids(plant.Tank(5))), 2e-7, $"velocity of layer {layer}");
            Reference.Close(expected[2], plant.Settler.GravityFlux(layer), 2e-7, $"flux of layer {layer}");
            Reference.Close(expected[3], plant.Settler.FluxBelow(layer), 2e-7, $"flux below layer {layer}");
        }
    }

    [Fact]
    public void The_start_up_follows_the_recomputed_trajectory()
    {
        var plant = new Bsm1Plant(NoFilter);
        foreach (var (minute, expected) in StartUp)
        {
            while (plant.Minute < minute)
                plant.Step();
            for (var component = 0; component < expected.Length; component++)
                Reference.Close(expected[component], plant.Tank(1)[component], 1e-5, $"{Asm1.Symbols[component]} after {minute} minutes");
            foreach (var row in Reference.Rows("startup_open_loop.csv"))
                Reference.Close(Reference.Number(row[Column(minute)]), plant.State[Place(row[0])], 1e-5, $"{row[0]} after {minute} minutes");
        }
    }

    [Theory]
    [InlineData(5.42)]
    [InlineData(0.37)]
    public void A_scaled_lane_has_the_same_concentrations(double scale)
    {
        var one = new Bsm1Plant { IsControlled = true, HasIdealDevices = false };
        var lane = new Bsm1Plant(new Bsm1Options { Size = new Bsm1Dimensions(scale) }) { IsControlled = true, HasIdealDevices = false };
        var influent = GeneratedInfluent.Generate(Simulation.Process.Weather.Storm, 2, seed: 1);
        var noise = NoiseTable.Draw(1, 2, 2 * 1440);
        one.Attach(influent, noise);
        lane.Attach(influent, noise);
        while (one.Minute < 2 * 1440)
        {
            one.Step();
            lane.Step();
        }

        for (var index = 0; index < StateLayout.MixingFilter; index++)
            Reference.Close(one.State[index], lane.State[index], 1e-9, $"state {index}");
        one.Refresh();
        lane.Refresh();
        Reference.Close(scale, lane.EffluentFlow / one.EffluentFlow, 1e-9, "flow");
        Reference.Close(scale, lane.InternalRecycle / one.InternalRecycle, 1e-9, "recycle");
    }

    private static int Column(int minute) => minute switch { 15 => 2, 1440 => 5, 7200 => 7, _ => 10 };

    // "tank3.XBH" and "settler.X.4"; settler layers are numbered from the bottom there.
    private static int Place(string name)
    {
        var words = name.Split('.');
        if (words[0] != "settler")
            return StateLayout.Tank(words[0][^1] - '0') + Asm1.Symbols.ToList().IndexOf(words[1]);
        var position = words[1] == "X" ? 0 : 1 + TakacsSettler.Dissolved.ToArray().ToList().IndexOf(Asm1.Symbols.ToList().IndexOf(words[1]));
        return StateLayout.Layer(int.Parse(words[2]) - 1) + position;
    }
}
