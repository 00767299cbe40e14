using System.Diagnostics;
using Gateway.Benchmarks.Measure;
using Gateway.Simulation.Process;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Benchmarks.Bsm1;

/// <summary>14 days of the benchmark plant in closed loop, beside a scalar loop; and the convergence table of its step.</summary>
internal sealed class Bsm1Benchmark(TextWriter output, InfluentSeries influent, NoiseTable noise)
{
    private const int Minutes = 14 * 1440;
    private const int EvaluatedFrom = 7 * 1440;
    private const int Rounds = 7;
    private const double MostSeconds = 1.0;

    // The finest run that all others are compared with: half a second.
    private const int ExactStepsPerMinute = 120;

    private readonly Bsm1Plant _rest = Rest();

    public static int Run(TextWriter output, Arguments arguments)
    {
        InfluentSeries influent = arguments.Text("--influent") is { } file
            ? Require(Bsm1Files.ReadInfluent(file))
            : GeneratedInfluent.Generate(Weather.Storm, 14, seed: 1);
        NoiseTable noise = arguments.Text("--noise") is { } noiseFile ? Require(Bsm1Files.ReadNoise(noiseFile)) : NoiseTable.Draw(1, 2, Minutes);
        var benchmark = new Bsm1Benchmark(output, influent, noise);
        bool met = benchmark.Measure();
        if (!arguments.Has("--no-table"))
            benchmark.PrintConvergence();
        return met ? 0 : 1;
    }

    private bool Measure()
    {
        var ours = new Series();
        var scalar = new Series();
        long bytes = 0;
        double difference = 0;
        for (int round = 0; round <= Rounds; round++)
        {
            Bsm1Plant plant = Plant(RungeKuttaOrder.Four, Bsm1Plant.FineStepsPerMinute);
            var reference = new ScalarBsm1(influent, noise);
            reference.Start(_rest);
            long before = GC.GetAllocatedBytesForCurrentThread(), cpu = Machine.CpuNs();
            Evaluate(plant);
            double seconds = (Machine.CpuNs() - cpu) / 1e9;
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            cpu = Machine.CpuNs();
            reference.Run(Minutes, Bsm1Plant.FineStepsPerMinute);
            double scalarSeconds = (Machine.CpuNs() - cpu) / 1e9;
            difference = Math.Abs(plant.Tank(5)[Asm1.SNH] / reference.State[4 * 13 + Asm1.SNH] - 1);
            if (round == 0)
                continue; // the compiler's round
            ours.Add(seconds);
            scalar.Add(scalarSeconds);
        }

        var table = new Table("14 days, closed loop, noise", "CPU s", "quartiles", "ns/evaluation", "× real time");
        foreach ((string name, Series series) in new[] { ("plcsim's model, with evaluation", ours), ("scalar loop, without evaluation", scalar) })
            table.Add(name, series.Median.ToString("F3"), series.Quartiles("F3"), (series.Median * 1e9 / (Minutes * Bsm1Plant.FineStepsPerMinute * 4)).ToString("F0"), (Minutes * 60 / series.Median).ToString("N0"));
        table.Print(output);
        output.WriteLine($"relative difference of ammonium in tank 5 after 14 days: {difference:E1}");
        output.WriteLine($"bytes allocated by one of our runs, its figures included: {bytes}");
        Contest.Judge(output, "CPU s for 14 days", ours.Median, MostSeconds);
        output.WriteLine();
        return ours.Median <= MostSeconds;
    }

    /// <summary>Errors of the figures by method and step, relative to the finest run.</summary>
    private void PrintConvergence()
    {
        string[] figures = ["EQI", "OCI", "SNH", "TSS", "IAE_NO", "IAE_O"];
        Bsm1Figures exact = Evaluate(Plant(RungeKuttaOrder.Four, ExactStepsPerMinute));
        var table = new Table(["order, step", "evaluations/min", .. figures, "wall s"]);
        foreach (RungeKuttaOrder order in Enum.GetValues<RungeKuttaOrder>())
        {
            foreach (int steps in (int[])[4, 6, 8, 10, 12, 20, 40])
            {
                long started = Stopwatch.GetTimestamp();
                Bsm1Figures found = Evaluate(Plant(order, steps));
                double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                table.Add([
                    $"{(int)order}, {60.0 / steps:0.0#} s", (steps * (int)order).ToString(),
                    .. figures.Select(figure => double.IsFinite(found[figure]) ? Math.Abs(found[figure] / exact[figure] - 1).ToString("E1") : "unstable"),
                    seconds.ToString("F2")]);
            }
        }
        output.WriteLine($"relative error against order 4 with {60.0 / ExactStepsPerMinute} s:");
        table.Print(output);
    }

    private Bsm1Figures Evaluate(Bsm1Plant plant)
    {
        var evaluation = new Evaluation(plant, (Minutes - EvaluatedFrom) / InfluentSeries.MinutesPerRow);
        while (plant.Minute < Minutes)
        {
            if (plant.Minute >= EvaluatedFrom && plant.Minute % InfluentSeries.MinutesPerRow == 0)
                evaluation.Sample();
            long next = plant.Minute + InfluentSeries.MinutesPerRow;
            while (plant.Minute < next)
                plant.Step();
        }
        return evaluation.End();
    }

    private Bsm1Plant Plant(RungeKuttaOrder order, int stepsPerMinute)
    {
        var plant = new Bsm1Plant(new Bsm1Options { Order = order }) { IsControlled = true };
        plant.CopyStateOf(_rest);
        plant.HasIdealDevices = false;
        plant.Attach(influent, noise);
        plant.StepsPerMinute = stepsPerMinute;
        return plant;
    }

    private static Bsm1Plant Rest()
    {
        var plant = new Bsm1Plant { IsControlled = true, StepsPerMinute = Bsm1Plant.CoarseStepsPerMinute };
        while (plant.Minute < Bsm1Procedure.SettlingDays * 1440)
            plant.Step();
        plant.SettleDevices();
        return plant;
    }

    private static T Require<T>((T? Value, IReadOnlyList<string> Errors) read)
        where T : class => read.Value ?? throw new BenchmarkException(string.Join(Environment.NewLine, read.Errors));
}
