namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// The benchmark's way of running: 150 days of constant influent with ideal devices, 14 days of dry weather with real
/// ones, then the influent under test, whose last seven days are evaluated. One thread.
/// </summary>
public sealed class Bsm1Procedure
{
    /// <summary>Days of constant influent.</summary>
    public const int SettlingDays = 150;

    /// <summary>Days of dry weather before the influent under test.</summary>
    public const int DryDays = 14;

    /// <summary>Days at the end that are evaluated.</summary>
    public const int EvaluatedDays = 7;

    /// <summary>The plant.</summary>
    public required Bsm1Plant Plant { get; init; }

    /// <summary>Dry weather of the second stage; null leaves it out, for a steady-state run with ideal devices throughout.</summary>
    public InfluentSeries? Dry { get; init; }

    /// <summary>The influent under test.</summary>
    public required InfluentSeries Tested { get; init; }

    /// <summary>Days of the influent under test, at least 1.</summary>
    public int TestedDays { get; init; } = 14;

    /// <summary>Noise of the sensors; it starts again with the influent under test. Null for none.</summary>
    public NoiseTable? Noise { get; init; }

    /// <summary>Steps per minute of the second and third stage.</summary>
    public int StepsPerMinute { get; init; } = Bsm1Plant.FineStepsPerMinute;

    /// <summary>Days that the whole run simulates.</summary>
    public int Days => SettlingDays + (Dry is null ? 0 : DryDays) + TestedDays;

    /// <summary>Runs all stages.</summary>
    /// <param name="progress">Told the number of simulated days after each; may be null.</param>
    /// <param name="cancel">Ends the run early.</param>
    /// <returns>The figures; the plant is left at the end of the run.</returns>
    /// <exception cref="OperationCanceledException">The run was ended.</exception>
    public Bsm1Figures Run(Action<int>? progress = null, CancellationToken cancel = default)
    {
        var done = 0;
        void Day()
        {
            cancel.ThrowIfCancellationRequested();
            progress?.Invoke(++done);
        }

        Settle(Day);
        if (Dry is { } dry)
        {
            Plant.HasIdealDevices = false;
            Plant.Attach(dry, Noise);
            Plant.StepsPerMinute = StepsPerMinute;
            for (var day = 1; day <= DryDays; day++)
            {
                RunTo(day * 1440);
                Day();
            }
        }

        return Test(Day);
    }

    private void Settle(Action day)
    {
        Plant.HasIdealDevices = true;
        Plant.Attach(InfluentSeries.Constant, null);
        Plant.StepsPerMinute = Bsm1Plant.CoarseStepsPerMinute;
        for (var done = 1; done <= SettlingDays; done++)
        {
            RunTo(done * 1440);
            day();
        }
    }

    private Bsm1Figures Test(Action day)
    {
        var window = Math.Min(EvaluatedDays, TestedDays) * 1440;
        var end = TestedDays * 1440;
        var evaluation = new Evaluation(Plant, window / InfluentSeries.MinutesPerRow);
        Plant.Attach(Tested, Dry is null ? null : Noise);
        Plant.StepsPerMinute = StepsPerMinute;
        while (Plant.Minute < end)
        {
            if (Plant.Minute >= end - window)
                evaluation.Sample();
            RunTo(Plant.Minute + InfluentSeries.MinutesPerRow);
            if (Plant.Minute % 1440 == 0)
                day();
        }

        return evaluation.End();
    }

    private void RunTo(long minute)
    {
        while (Plant.Minute < minute)
            Plant.Step();
    }
}
