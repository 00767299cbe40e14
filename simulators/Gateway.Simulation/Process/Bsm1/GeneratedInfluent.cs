namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// An influent of our own for the benchmark plant, so that a run needs no file: daily and weekly pattern, rain, storm with
/// first flush, temperature by season, and the scatter of flow meter and laboratory. The same arguments give the same bits.
/// </summary>
/// <remarks>
/// In dry weather, before scatter, its mean flow and its flow-weighted mean concentrations are those of the benchmark's
/// constant influent. The patterns are plausible, not measured; docs/bsm1.md says how they are made.
/// </remarks>
public static class GeneratedInfluent
{
    private const int RowsPerWeek = 7 * InfluentSeries.RowsPerDay;
    private const double HoursPerRow = InfluentSeries.MinutesPerRow / 60.0;

    // What the inlet works takes, in mean dry-weather flows (60,000 m3/d); the rest overflows before.
    private const double InletCapacity = 3.25;

    // Scatter: a slow random walk that returns to its mean, standard deviation as a share of the value, and its hours.
    internal const double FlowScatter = 0.015;
    internal const double FlowScatterHours = 0.5;
    internal const double LaboratoryScatter = 0.03;
    internal const double LaboratoryScatterHours = 2;

    // First day is a Monday. Less water and less dirt at the weekend.
    private static readonly double[] FlowOfDay = [1.03, 1.03, 1.03, 1.03, 1.02, 0.95, 0.91];
    private static readonly double[] StrengthOfDay = [1.03, 1.03, 1.02, 1.02, 1.01, 0.96, 0.93];

    private static readonly DayPattern FlowPattern = new(0.28, 14.5, 0.22, 10.5);
    private static readonly DayPattern Ammonium = new(0.26, 10.5, 0.16, 9.5);
    private static readonly DayPattern Dissolved = new(0.26, 13, 0.15, 9.5);
    private static readonly DayPattern Particulate = new(0.32, 14, 0.12, 11);

    private static readonly (int Component, DayPattern Pattern, string Scatter)[] Components =
    [
        (Asm1.SS, Dissolved, "dissolved"),
        (Asm1.SND, Dissolved, "dissolved"),
        (Asm1.SNH, Ammonium, "ammonium"),
        (Asm1.XI, Particulate, "particulate"),
        (Asm1.XS, Particulate, "particulate"),
        (Asm1.XBH, Particulate, "particulate"),
        (Asm1.XND, Particulate, "particulate"),
    ];

    /// <summary>Makes an influent. The first week is dry in any weather; a shorter one has its event after a quarter.</summary>
    /// <param name="weather">The weather.</param>
    /// <param name="days">Length, at least 1.</param>
    /// <param name="seed">Decides scatter, and times and strengths of events.</param>
    /// <param name="dayOfYear">Season at the start, 1 to 366.</param>
    public static InfluentSeries Generate(Weather weather, int days, ulong seed, int dayOfYear = 120)
    {
        var series = new InfluentSeries(days * InfluentSeries.RowsPerDay);
        FillDry(series);
        Scatter(series, seed);
        var runoff = new StormRunoff(weather, days, seed);
        for (var row = 0; row < series.Count; row++)
        {
            var here = series[row];
            runoff.Step(row, HoursPerRow);
            AddRunoff(here, runoff.Flow, runoff.Flush);
            here[InfluentSeries.Temperature] = Temperature(dayOfYear, row * HoursPerRow, runoff.Flow);
        }

        return series;
    }

    /// <summary>A week of dry weather from Monday on, without scatter, and the Monday behind it.</summary>
    internal static InfluentSeries DryWeek()
    {
        var series = new InfluentSeries(8 * InfluentSeries.RowsPerDay);
        FillDry(series);
        return series;
    }

    private static void FillDry(InfluentSeries series)
    {
        var mean = InfluentSeries.Constant[0];
        var flowFactor = mean[InfluentSeries.Flow] / Mean(RelativeFlow);
        Span<double> factors = stackalloc double[Components.Length];
        for (var index = 0; index < factors.Length; index++)
        {
            var pattern = Components[index].Pattern;
            factors[index] = mean[Components[index].Component] * Mean(RelativeFlow) / Mean(row => RelativeFlow(row) * RelativeStrength(row, pattern));
        }

        for (var row = 0; row < series.Count; row++)
        {
            var here = series[row];
            here[Asm1.SI] = mean[Asm1.SI];
            here[Asm1.SALK] = mean[Asm1.SALK];
            here[InfluentSeries.Flow] = flowFactor * RelativeFlow(row);
            for (var index = 0; index < factors.Length; index++)
                here[Components[index].Component] = factors[index] * RelativeStrength(row, Components[index].Pattern);
        }
    }

    private static double RelativeFlow(int row) => FlowOfDay[Day(row)] * FlowPattern.At(Hour(row));

    private static double RelativeStrength(int row, DayPattern pattern) => StrengthOfDay[Day(row)] * pattern.At(Hour(row));

    private static int Day(int row) => row / InfluentSeries.RowsPerDay % 7;

    private static double Hour(int row) => row % InfluentSeries.RowsPerDay * HoursPerRow;

    private static double Mean(Func<int, double> ofRow)
    {
        double sum = 0;
        for (var row = 0; row < RowsPerWeek; row++)
            sum += ofRow(row);
        return sum / RowsPerWeek;
    }

    private static void Scatter(InfluentSeries series, ulong seed)
    {
        var flow = new RandomWalk(new SeededRandom(seed, "influent flow"), FlowScatter, FlowScatterHours);
        var laboratory = Components.Select(c => c.Scatter).Distinct()
            .ToDictionary(name => name, name => new RandomWalk(new SeededRandom(seed, "influent " + name), LaboratoryScatter, LaboratoryScatterHours));
        for (var row = 0; row < series.Count; row++)
        {
            var here = series[row];
            here[InfluentSeries.Flow] *= 1 + flow.Next(HoursPerRow);
            foreach (var walk in laboratory.Values)
                walk.Next(HoursPerRow);
            foreach (var (component, _, scatter) in Components)
                here[component] *= 1 + laboratory[scatter].Value;
        }
    }

    // Rain brings water and no pollution, so that loads stay; a flush brings what had settled in the sewers.
    internal static void AddRunoff(Span<double> row, double runoff, double flush)
    {
        var mean = InfluentSeries.Constant[0];
        var dry = row[InfluentSeries.Flow];
        var wet = Math.Min(runoff * mean[InfluentSeries.Flow], Math.Max(0, (InletCapacity * mean[InfluentSeries.Flow]) - dry));
        var dilution = dry / (dry + wet);
        foreach (var component in (ReadOnlySpan<int>)[Asm1.SS, Asm1.SND, Asm1.SNH, Asm1.XI, Asm1.XS, Asm1.XBH, Asm1.XND])
            row[component] *= dilution;
        row[Asm1.SI] *= dilution;
        foreach (var component in (ReadOnlySpan<int>)[Asm1.XI, Asm1.XS, Asm1.XBH, Asm1.XND])
            row[component] += mean[component] * flush;
        row[InfluentSeries.Flow] = dry + wet;
    }

    // Warmest in early August; warmer in the afternoon; rain cools.
    internal static double Temperature(int dayOfYear, double hours, double wet)
    {
        var season = Math.Cos(2 * Math.PI * (dayOfYear + (hours / 24) - 215) / 365.25);
        var daily = Math.Cos(2 * Math.PI * ((hours % 24) - 16) / 24);
        return 15 + (5 * season) + (0.4 * daily) - (2 * Math.Min(wet, 1));
    }

    /// <summary>A daily pattern with mean 1: a wave of 24 hours and one of 12, each with its size and the hour of its peak.</summary>
    private readonly record struct DayPattern(double Whole, double WholePeak, double Half, double HalfPeak)
    {
        public double At(double hour) =>
            1 + (Whole * Math.Cos(2 * Math.PI * (hour - WholePeak) / 24)) + (Half * Math.Cos(4 * Math.PI * (hour - HalfPeak) / 24));
    }
}
