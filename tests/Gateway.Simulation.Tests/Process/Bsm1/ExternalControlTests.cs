using Gateway.Modbus;
using Gateway.Modbus.Server;
using Gateway.Simulation.Network;
using Gateway.Simulation.Process;
using Gateway.Simulation.Process.Bsm1;
using Gateway.Simulation.Time;
using Xunit.Abstractions;

namespace Gateway.Simulation.Tests.Process.Bsm1;

/// <summary>
/// The default controllers moved out of the model into a client that reads and writes the plant over Modbus TCP every
/// 10 s, in virtual time. The suite runs some days; with GATEWAY_EXTERNAL_CONTROL=full the benchmark's whole procedure
/// runs (14 days of dry weather, 14 days of dry, rain and storm with the last seven evaluated).
/// </summary>
public sealed class ExternalControlTests(ITestOutputHelper output)
{
    // Asked of the proof: what a controller at the end of a wire costs at most.
    private const double MostDeviation = 0.005;
    private const int StepsPerMinute = 12;
    private const int StepsPerExchange = (int)(ExternalController.PeriodSeconds * StepsPerMinute / 60);

    private static bool IsFull => Environment.GetEnvironmentVariable("GATEWAY_EXTERNAL_CONTROL") == "full";

    [Theory]
    [InlineData(Weather.Dry)]
    [InlineData(Weather.Rain)]
    [InlineData(Weather.Storm)]
    public void Controllers_behind_modbus_give_the_figures_of_those_in_the_model(Weather weather)
    {
        var (dryDays, testedDays, evaluatedDays) = IsFull ? (14, 14, 7) : (1, 3, 2);
        // A short influent has its rain after a quarter, a long one in its second week.
        var tested = Influent(weather, testedDays);
        var dry = IsFull ? tested.Repeat(7 * InfluentSeries.RowsPerDay, 2) : Influent(Weather.Dry, dryDays);
        var noise = Noise();

        var inside = new Run(dry, dryDays, tested, testedDays, evaluatedDays, noise);
        inside.Plant.IsControlled = true;
        var expected = inside.Finish(() => Task.CompletedTask);

        var outside = new Run(dry, dryDays, tested, testedDays, evaluatedDays, noise);
        var time = new SimulatedTime();
        var network = new SimulatedNetwork(time, seed: 1);
        var server = new ModbusServer(new BenchmarkFace(outside.Plant), time: time);
        using var listener = network.Listen("plc", 502, stream => server.ServeAsync(stream, ModbusFraming.Tcp));
        var exchanges = 0L;
        var found = time.Run(async () =>
        {
            await using var client = new ModbusClient(await network.ConnectAsync("plc", 502), new ModbusClientOptions { TimeoutMs = 1000 }, time);
            var controller = new ExternalController(client);
            var figures = await outside.FinishAsync(async () =>
            {
                await controller.ExchangeAsync();
                await Task.Delay(TimeSpan.FromSeconds(ExternalController.PeriodSeconds), time);
            });
            exchanges = controller.Exchanges;
            return figures;
        }, TimeSpan.FromDays(100));

        Assert.Equal((dryDays + testedDays) * 8640, exchanges);
        foreach (var name in (string[])["EQI", "OCI"])
        {
            var deviation = (found[name] / expected[name]) - 1;
            output.WriteLine(FormattableString.Invariant($"{weather}: {name} inside {expected[name]:F3}, over Modbus {found[name]:F3}, {deviation:P4}"));
            Assert.True(Math.Abs(deviation) <= MostDeviation, $"{weather}: {name} {expected[name]} became {found[name]}");
            Assert.NotEqual(0, deviation);
        }
    }

    [Fact]
    public void Without_its_controllers_the_plant_gives_other_figures()
    {
        var influent = Influent(Weather.Dry, 3);
        var controlled = new Run(influent, 1, influent, 3, 2, Noise()) { Plant = { IsControlled = true } }.Finish(() => Task.CompletedTask);
        var open = new Run(influent, 1, influent, 3, 2, Noise()).Finish(() => Task.CompletedTask);
        Assert.True(Math.Abs((open["EQI"] / controlled["EQI"]) - 1) > 4 * MostDeviation);
    }

    private static InfluentSeries Influent(Weather weather, int days) =>
        IsFull && Reference.Path($"influent_{weather.ToString().ToLowerInvariant()}.csv") is { } file
            ? Bsm1Files.ReadInfluent(file).Influent!
            : GeneratedInfluent.Generate(weather, days, seed: 1);

    private static NoiseTable Noise() =>
        IsFull && Reference.Path("sensor_noise.csv") is { } file ? Bsm1Files.ReadNoise(file).Noise! : NoiseTable.Draw(1, 2, 14 * 1440);

    /// <summary>Second and third stage of the procedure, from the closed-loop steady state on.</summary>
    private sealed class Run
    {
        private readonly InfluentSeries _dry;
        private readonly InfluentSeries _tested;
        private readonly NoiseTable _noise;
        private readonly int _dryMinutes;
        private readonly int _testedMinutes;
        private readonly int _evaluatedMinutes;

        public Run(InfluentSeries dry, int dryDays, InfluentSeries tested, int testedDays, int evaluatedDays, NoiseTable noise)
        {
            (_dry, _tested, _noise) = (dry, tested, noise);
            (_dryMinutes, _testedMinutes, _evaluatedMinutes) = (dryDays * 1440, testedDays * 1440, evaluatedDays * 1440);
            Plant = SteadyPlant.Closed();
            Plant.IsControlled = false;
            Plant.HasIdealDevices = false;
        }

        public Bsm1Plant Plant { get; }

        public Bsm1Figures Finish(Func<Task> exchange) => FinishAsync(exchange).GetAwaiter().GetResult();

        public async Task<Bsm1Figures> FinishAsync(Func<Task> exchange)
        {
            Plant.Attach(_dry, _noise);
            Plant.StepsPerMinute = StepsPerMinute;
            while (Plant.Minute < _dryMinutes)
                await StepAsync(exchange);
            Plant.Attach(_tested, _noise);
            var evaluation = new Evaluation(Plant, _evaluatedMinutes / InfluentSeries.MinutesPerRow);
            while (Plant.Minute < _testedMinutes)
            {
                if (Plant.Minute >= _testedMinutes - _evaluatedMinutes)
                    evaluation.Sample();
                for (var exchanges = InfluentSeries.MinutesPerRow * StepsPerMinute / StepsPerExchange; exchanges > 0; exchanges--)
                    await StepAsync(exchange);
            }

            return evaluation.End();
        }

        private async Task StepAsync(Func<Task> exchange)
        {
            await exchange();
            for (var step = 0; step < StepsPerExchange; step++)
                Plant.Step();
        }
    }
}
