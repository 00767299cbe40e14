using Gateway.Simulation.Process;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Tests.Process.Bsm1;

/// <summary>
/// Rung 11 of the ladder, mass balances over a storm in closed loop; and what every step promises: no allocation, equal
/// bits, order of convergence.
/// </summary>
public sealed class BalanceTests
{
    private const double Relative = 1e-6;

    [Fact]
    public void Tanks_and_settler_keep_their_balances_in_a_storm()
    {
        var plant = Stormy();
        while (plant.Minute < 2 * 1440)
        {
            plant.Step();
            if (plant.Minute % 60 != 0 || plant.Time * 1440 != plant.Minute)
                continue;
            plant.Refresh();
            for (var tank = 2; tank <= 5; tank++)
                CheckTank(plant, tank);
            CheckSettler(plant);
        }
    }

    [Fact]
    public void The_whole_plant_closes_its_cod_and_nitrogen_at_rest()
    {
        var plant = SteadyPlant.Closed(new Bsm1Options { HasMixingFilter = false });
        plant.Attach(InfluentSeries.Constant, null);
        var p = plant.Biology.Parameters;
        var effluent = new double[Asm1.Row];
        var waste = new double[Asm1.Row];
        plant.Effluent(effluent);
        plant.Underflow(waste);
        double Out(Func<double[], double> of) => (plant.EffluentFlow * of(effluent)) + (plant.Handles.WasteSludge * of(waste));
        double oxygen = 0, dinitrogen = 0;
        var rates = new double[Asm1.Processes];
        for (var tank = 1; tank <= 5; tank++)
        {
            oxygen += plant.Size.Volume(tank) * plant.Aeration(tank) * (8 - plant.Tank(tank)[Asm1.SO]);
            plant.Biology.Rates(plant.Tank(tank), rates);
            dinitrogen += plant.Size.Volume(tank) * rates[1] * (1 - p.HeterotrophicYield) / (2.86 * p.HeterotrophicYield);
        }

        var influent = plant.InfluentRow.ToArray();
        var codIn = (plant.Inflow * TheoreticalDemand(influent)) - oxygen;
        Reference.Close(codIn, Out(TheoreticalDemand) - (1.71 * dinitrogen), Relative, "COD");
        Reference.Close(plant.Inflow * Nitrogen(influent, p), Out(z => Nitrogen(z, p)) + dinitrogen, Relative, "nitrogen");
    }

    [Fact]
    public void Steps_allocate_nothing()
    {
        var plant = Stormy();
        var evaluation = new Evaluation(plant, 96);
        Run(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                if (step % 150 == 0)
                    evaluation.Sample();
                plant.Step();
            }
        }
    }

    [Fact]
    public void Equal_runs_have_equal_bits()
    {
        var first = Run();
        var second = Run();
        Assert.Equal(first.Figures.Values, second.Figures.Values);
        Assert.Equal(first.State.Select(BitConverter.DoubleToInt64Bits), second.State.Select(BitConverter.DoubleToInt64Bits));
        Assert.NotEqual(first.State, Run(seed: 2).State);

        static (Bsm1Figures Figures, double[] State) Run(ulong seed = 1)
        {
            var plant = Stormy(seed);
            var evaluation = new Evaluation(plant, 96);
            while (plant.Minute < 1440)
            {
                evaluation.Sample();
                for (var step = 0; step < 15 * plant.StepsPerMinute; step++)
                    plant.Step();
            }

            return (evaluation.End(), plant.State.ToArray());
        }
    }

    [Theory]
    [InlineData(RungeKuttaOrder.One)]
    [InlineData(RungeKuttaOrder.Two)]
    [InlineData(RungeKuttaOrder.Three)]
    [InlineData(RungeKuttaOrder.Four)]
    public void The_methods_have_their_order_on_a_swinging_pendulum(RungeKuttaOrder order)
    {
        double Error(int steps)
        {
            var solver = new RungeKutta(order, 4);
            double[] state = [1, 0, 0, 0];
            for (var step = 0; step < steps; step++)
                solver.Step(new Swing(), state, 1.0 / steps);
            return Math.Abs(state[0] - Math.Cos(1));
        }

        Assert.InRange(Math.Log2(Error(100) / Error(200)), (int)order - 0.1, (int)order + 0.25);
    }

    [Fact]
    public void The_plant_converges_with_the_fourth_order_where_its_inputs_are_smooth()
    {
        // Open loop on linear influent, well inside a row: no switch of sensors and controllers is crossed.
        double[] State(int stepsPerMinute)
        {
            var plant = SteadyPlant.Open();
            var influent = InfluentSeries.Constant.Repeat(1, 2);
            influent[1][InfluentSeries.Flow] *= 1.5;
            influent[1][Asm1.SNH] *= 2;
            plant.Attach(influent, null);
            plant.StepsPerMinute = stepsPerMinute;
            while (plant.Minute < 15)
                plant.Step();
            return plant.State.ToArray();
        }

        var exact = State(240);
        double Error(int stepsPerMinute) => Math.Abs(State(stepsPerMinute)[StateLayout.Tank(1) + Asm1.SNH] - exact[StateLayout.Tank(1) + Asm1.SNH]);
        Assert.InRange(Math.Log2(Error(6) / Error(12)), 3.7, 4.6);
    }

    [Fact]
    public void The_working_step_is_fine_enough()
    {
        Bsm1Figures Day(int stepsPerMinute)
        {
            var plant = Stormy();
            plant.StepsPerMinute = stepsPerMinute;
            var evaluation = new Evaluation(plant, 96);
            while (plant.Minute < 1440)
            {
                evaluation.Sample();
                for (var step = 0; step < 15 * stepsPerMinute; step++)
                    plant.Step();
            }

            return evaluation.End();
        }

        var (working, exact) = (Day(Bsm1Plant.FineStepsPerMinute), Day(60));
        foreach (var figure in (string[])["EQI", "OCI", "AE", "PE", "SNH", "TN", "TSS"])
            Reference.Close(exact[figure], working[figure], 2e-6, figure);
        // Noise drives the recycle into its limits all the time, and no fixed step meets these instants.
        foreach (var figure in (string[])["IAE_NO", "IAE_O"])
            Reference.Close(exact[figure], working[figure], 3e-5, figure);
    }

    [Fact]
    public void Carbon_step_feed_and_distributed_recycles_keep_the_water_balance()
    {
        var plant = SteadyPlant.Open(new Bsm1Options { HasMixingFilter = false });
        plant.Handles.SetCarbon(2, 3);
        plant.Handles.SetShares(InletStream.Influent, [0.5, 0.2, 0.3, 0, 0]);
        plant.Handles.SetShares(InletStream.InternalRecycle, [0, 1, 0, 0, 0]);
        plant.Handles.SetShares(InletStream.ReturnSludge, [0.6, 0, 0, 0.4, 0]);
        plant.Refresh();
        Reference.Close(18_446 + 18_446 + 3, plant.SettlerFeed, 1e-12, "settler feed");
        // SI has no reaction: tank 2 gains what its four inflows bring, and carbon brings none.
        double si = plant.Rates[StateLayout.Tank(2) + Asm1.SI];
        Reference.Close(-3 * 30 / 1000.0, si, 1e-9, "SI in tank 2");
        // SS from carbon: 400 kg COD/m3.
        var before = plant.Rates[StateLayout.Tank(2) + Asm1.SS];
        plant.Handles.SetCarbon(2, 0);
        plant.Refresh();
        Reference.Close(3 * (400_000 - plant.Tank(2)[Asm1.SS]) / 1000, before - plant.Rates[StateLayout.Tank(2) + Asm1.SS], 1e-9, "SS in tank 2");
    }

    private static Bsm1Plant Stormy(ulong seed = 1)
    {
        var plant = SteadyPlant.Closed();
        plant.HasIdealDevices = false;
        plant.Attach(GeneratedInfluent.Generate(Weather.Storm, 2, seed), NoiseTable.Draw(seed, 2, 2 * 1440));
        plant.SettleDevices();
        return plant;
    }

    // What comes in less what goes out less what is stored must be what oxygen and dinitrogen account for.
    private static void CheckTank(Bsm1Plant plant, int tank)
    {
        var p = plant.Biology.Parameters;
        var z = plant.Tank(tank).ToArray();
        var upstream = plant.Tank(tank - 1).ToArray();
        var change = plant.Rates.Slice(StateLayout.Tank(tank), Asm1.Count).ToArray();
        var dilution = (plant.SettlerFeed + plant.InternalRecycle) / plant.Size.Volume(tank);
        var rates = new double[Asm1.Processes];
        plant.Biology.Rates(z, rates);
        var dinitrogen = rates[1] * (1 - p.HeterotrophicYield) / (2.86 * p.HeterotrophicYield);
        var aeration = plant.Aeration(tank) * (8 - z[Asm1.SO]);
        void Check(Func<double[], double> of, double made, string what)
        {
            var scale = dilution * Math.Abs(of(z));
            Assert.True(Math.Abs((dilution * (of(upstream) - of(z))) + made - of(change)) < Relative * scale, $"{what} of tank {tank}");
        }

        Check(TheoreticalDemand, (1.71 * dinitrogen) - aeration, "COD");
        Check(row => Nitrogen(row, p), -dinitrogen, "nitrogen");
        Check(row => (row[Asm1.SNH] / 14) - (row[Asm1.SNO] / 14) - row[Asm1.SALK], 0, "charge");
    }

    private static void CheckSettler(Bsm1Plant plant)
    {
        var feed = plant.Tank(5);
        var weir = plant.Layer(TakacsSettler.Layers - 1);
        var floor = plant.Layer(0);
        var underflow = plant.Handles.ReturnSludge + plant.Handles.WasteSludge;
        for (var position = 0; position < TakacsSettler.Row; position++)
        {
            var incoming = position == 0 ? Asm1.Solids(feed) : feed[TakacsSettler.Dissolved[position - 1]];
            double stored = 0;
            for (var layer = 0; layer < TakacsSettler.Layers; layer++)
                stored += plant.Size.LayerVolume * plant.Rates[StateLayout.Layer(layer) + position];
            var balance = (plant.SettlerFeed * incoming) - (plant.EffluentFlow * weir[position]) - (underflow * floor[position]) - stored;
            Assert.True(Math.Abs(balance) < Relative * plant.SettlerFeed * Math.Max(incoming, 1e-3), $"position {position} of the settler");
        }
    }

    private static double TheoreticalDemand(double[] z) => Quality.Cod(z) - z[Asm1.SO] - (4.57 * z[Asm1.SNO]);

    private static double Nitrogen(double[] z, Asm1Parameters p) =>
        z[Asm1.SNO] + z[Asm1.SNH] + z[Asm1.SND] + z[Asm1.XND] + (p.NitrogenInBiomass * (z[Asm1.XBH] + z[Asm1.XBA])) + (p.NitrogenInProducts * (z[Asm1.XP] + z[Asm1.XI]));

    private sealed class Swing : IContinuousSystem
    {
        public void Derivatives(ReadOnlySpan<double> state, double fraction, Span<double> derivative)
        {
            derivative.Clear();
            (derivative[0], derivative[1]) = (-state[1], state[0]);
        }
    }
}
