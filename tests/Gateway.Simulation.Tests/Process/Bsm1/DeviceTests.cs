using Gateway.Simulation.Instruments;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Tests.Process.Bsm1;

/// <summary>Rung 10 of the ladder: sensors, noise, actuators and controllers.</summary>
public sealed class DeviceTests
{
    private const int Fine = 60;

    public static TheoryData<SensorClass, double> Continuous => new() { { SensorClass.A, 1 }, { SensorClass.B0, 10 }, { SensorClass.C0, 20 } };

    [Theory]
    [MemberData(nameof(Continuous))]
    public void A_step_is_shown_to_90_percent_after_t90(SensorClass sensorClass, double minutes)
    {
        var (plant, sensor) = WithSensor(sensorClass, 0, 100);
        Step(plant, 50);
        double shown = 0;
        while (plant.Time * 1440 < minutes - 1e-9)
        {
            plant.Step();
            shown = plant.Shown(sensor);
        }

        Reference.Close(0.9 * 50, shown, 0.01, "shown after T90");
    }

    [Fact]
    public void The_lags_follow_the_step_response_of_the_sheet()
    {
        var (plant, sensor) = WithSensor(SensorClass.B0, 0, 100);
        Step(plant, 1);
        for (var minute = 1; minute <= 20; minute++)
        {
            for (var part = 0; part < Fine; part++)
                plant.Step();
            double x = minute / (10 / 11.7724), term = 1, sum = 1;
            for (var i = 1; i < 8; i++)
                sum += term *= x / i;
            Assert.Equal(1 - (Math.Exp(-x) * sum), plant.Shown(sensor), 7);
        }
    }

    [Theory]
    [InlineData(SensorClass.B1, 5)]
    [InlineData(SensorClass.C1, 5)]
    public void Photometers_hold_their_sample(SensorClass sensorClass, int interval)
    {
        var (plant, sensor) = WithSensor(sensorClass, 0, 100);
        Step(plant, 50);
        var before = plant.Shown(sensor);
        var changes = new List<long>();
        while (plant.Minute < 60)
        {
            plant.Step();
            if (plant.Shown(sensor) != before)
                changes.Add(plant.Minute);
            before = plant.Shown(sensor);
        }

        Assert.NotEmpty(changes);
        Assert.All(changes, minute => Assert.Equal(0, minute % interval));
        Assert.Equal(50, before, 0.1);
    }

    [Fact]
    public void A_batch_analyzer_shows_the_sample_before()
    {
        var (plant, sensor) = WithSensor(SensorClass.D, 0, 1000);
        Step(plant, 50);
        var shown = new List<double>();
        while (plant.Minute < 90)
        {
            if (plant.Minute == 45)
                Step(plant, 70, keepClock: true);
            for (var part = 0; part < Fine; part++)
                plant.Step();
            if (plant.Minute is 29 or 31 or 59 or 61 or 89 or 90)
                shown.Add(plant.Shown(sensor));
        }

        // Samples at 30 (50), 60 (70) and 90 minutes (70), each shown one interval later.
        Assert.Equal([0, 0, 0, 50, 50, 70], shown);
    }

    [Fact]
    public void Noise_is_a_fortieth_of_the_range_and_linear_in_between()
    {
        var (plant, sensor) = WithSensor(SensorClass.A, 0, 20, high: 20);
        plant.Attach(InfluentSeries.Constant, new NoiseTable([[1, -1, 2]]));
        plant.StepsPerMinute = Fine;
        Assert.Equal(0.5, sensor.Sigma);
        plant.HoldInfluent([10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1000);
        plant.SettleDevices();
        double[] expected = [10.5, 10, 9.5, 10.25, 11, 10.75, 10.5];
        for (var half = 0; half < expected.Length; half++)
        {
            Assert.Equal(expected[half], plant.Shown(sensor), 9);
            for (var part = 0; part < Fine / 2; part++)
                plant.Step();
        }
    }

    [Fact]
    public void A_sensor_shows_nothing_outside_its_range()
    {
        var (plant, sensor) = WithSensor(SensorClass.A, 5, 25, high: 25);
        plant.HoldInfluent([100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1000);
        plant.SettleDevices();
        Assert.Equal(25, plant.Shown(sensor));
        plant.HoldInfluent([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1000);
        plant.SettleDevices();
        Assert.Equal(5, plant.Shown(sensor));
    }

    [Fact]
    public void Drawn_noise_is_standard_normal_and_its_columns_differ()
    {
        var noise = NoiseTable.Draw(11, 2, 20_160);
        foreach (var column in (int[])[0, 1])
        {
            var values = Enumerable.Range(0, noise.Minutes).Select(minute => noise.At(column, minute, 0)).ToArray();
            Assert.InRange(values.Average(), -0.03, 0.03);
            Assert.InRange(values.Average(value => value * value), 0.96, 1.04);
        }

        var product = Enumerable.Range(0, noise.Minutes).Average(minute => noise.At(0, minute, 0) * noise.At(1, minute, 0));
        Assert.InRange(product, -0.03, 0.03);
        Assert.Equal(noise.At(0, 5, 0.5), NoiseTable.Draw(11, 5, 100).At(0, 5, 0.5));
    }

    [Fact]
    public void Actuators_answer_a_step_with_their_lags()
    {
        var plant = new Bsm1Plant { HasIdealDevices = false, StepsPerMinute = Fine };
        plant.Handles.SetAeration(5, 184);
        plant.Handles.InternalRecycle = 45_338;
        for (var part = 0; part < 4 * Fine; part++)
            plant.Step();
        plant.Refresh();
        // Two equal lags: 1 - (1 + x) exp(-x) with x = 3.89 at T90 = 4 min; one lag of 86.4 s.
        Assert.Equal(84 + (100 * (1 - (4.89 * Math.Exp(-3.89)))), plant.Aeration(5), 5);
        Assert.Equal(45_338 + (10_000 * Math.Exp(-240 / 86.4)), plant.InternalRecycle, 3);
        Assert.Equal(184, plant.AerationAsked(5));
    }

    [Fact]
    public void A_controller_at_its_limit_does_not_wind_up()
    {
        var loop = PiLoop.Oxygen;
        double integral = 0, tracking = 0;
        const double Step = 1e-5;
        for (var i = 0; i < 20_000; i++)
        {
            Assert.Equal(360, Move(8.0 - 18)); // far too little oxygen: the output is at its upper end
        }

        // Without tracking the integral would have to run back for as long as it had run up.
        var back = 0;
        while (Move(4) >= 360)
            Assert.True(++back < 300);

        double Move(double measured)
        {
            var output = loop.Output(measured, integral, tracking, out var integralRate, out var trackingRate);
            integral += Step * integralRate;
            tracking += Step * trackingRate;
            return output;
        }
    }

    [Fact]
    public void A_controller_is_proportional_and_integral()
    {
        var loop = new PiLoop(2, 25, 0.002, 0.001, 144, 360);
        Assert.Equal(144 + (25 * 0.5) + 3 - 1, loop.Output(1.5, 3, -1, out var integral, out var tracking), 12);
        Assert.Equal(25 * 0.5 / 0.002, integral, 9);
        Assert.Equal(0, tracking);
        Assert.Equal(0, loop.Output(10, 0, 0, out _, out tracking));
        Assert.Equal((0 - (144 - 200)) / 0.001, tracking, 9);
    }

    [Fact]
    public void Sensors_can_stand_at_every_place()
    {
        var plant = SteadyPlant.Open();
        // COD 47.552092651 and nitrogen 14.045842272 g/m3 are those of the ring test.
        Assert.Equal(47.552092651, plant.Truth(PlantVariable.EffluentCod), 6);
        Assert.Equal(14.045842272, plant.Truth(PlantVariable.EffluentNitrogen), 6);
        Assert.Equal(12.49695, plant.Truth(PlantVariable.EffluentSolids), 5);
        Assert.Equal(3285.2004, plant.Truth(PlantVariable.TankSolids(1)), 3);
        Assert.Equal(18_446, plant.Truth(PlantVariable.InfluentFlow));
        Assert.Equal(31.56, plant.Truth(PlantVariable.Influent(Asm1.SNH)));
        Assert.Equal(7.9179, plant.Truth(PlantVariable.Tank(1, Asm1.SNH)), 4);
        Assert.Equal(6393.9844, plant.Truth(PlantVariable.Layer(0, TakacsSettler.X)), 3);
    }

    [Fact]
    public void Handles_keep_to_their_ranges()
    {
        var handles = new Bsm1Plant().Handles;
        handles.InternalRecycle = 1e6;
        handles.ReturnSludge = -5;
        handles.WasteSludge = 1e6;
        handles.SetAeration(3, 400);
        handles.SetCarbon(1, 9);
        Assert.Equal((92_230, 0, 1844.6, 360, 5), (handles.InternalRecycle, handles.ReturnSludge, Math.Round(handles.WasteSludge, 9), handles.Aeration(3), handles.Carbon(1)));
        Assert.Throws<ArgumentException>(() => handles.SetShares(InletStream.Influent, [0.5, 0.6, 0, 0, 0]));
        Assert.Throws<ArgumentException>(() => handles.SetShares(InletStream.Influent, [1.5, -0.5, 0, 0, 0]));
    }

    // A plant with a sensor on inert COD of the influent, which a test can move at will.
    private static (Bsm1Plant Plant, BenchmarkSensor Sensor) WithSensor(SensorClass sensorClass, double low, double start, double high = 1000)
    {
        var sensor = new BenchmarkSensor("test", PlantVariable.Influent(Asm1.SI), sensorClass, low, high, 0);
        var plant = new Bsm1Plant(new Bsm1Options { MoreSensors = [sensor] }) { StepsPerMinute = Fine };
        plant.HoldInfluent([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], start > 0 ? 18_446 : 0);
        plant.SettleDevices();
        plant.HasIdealDevices = false;
        return (plant, sensor);
    }

    private static void Step(Bsm1Plant plant, double to, bool keepClock = false)
    {
        Assert.True(keepClock || plant.Minute == 0);
        plant.HoldInfluent([to, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 18_446);
    }
}
