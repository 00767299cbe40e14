using Gateway.Runtime.Compliance;
using static Gateway.Runtime.Tests.Compliance.ComplianceRig;

namespace Gateway.Runtime.Tests.Compliance;

/// <summary>Worked by hand; flows in m³/h, concentrations in mg/L.</summary>
public sealed class ForecastTests
{
    [Fact]
    public void The_unspent_headroom_is_spread_over_the_remaining_volume()
    {
        var rig = new ComplianceRig(Limit(limit: 5) with { WarningRatio = 1 });
        rig.Set(4, 1000);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T12:00:00+08:00");
        // 12 h · 1000 · (5 - 4) unspent over 12 h · 1000: 5 + 1
        Assert.Equal(6.0, rig.Engine.Windows[0].RemainingAverage, 1e-9);
        Assert.Equal(4.0, rig.Engine.Windows[0].Forecast, 1e-9);
        rig.Set(6.5, 1000);
        rig.Scan();
        rig.Run("2026-03-01T18:00:00+08:00");
        ComplianceWindow window = rig.Engine.Windows[0];
        // (5·24 - 4·12 - 6.5·6) / 6 and (4·12 + 6.5·6 + 6.5·6) / 24
        Assert.Equal(5.5, window.RemainingAverage, 1e-9);
        Assert.Equal(5.25, window.Forecast, 1e-9);
        Assert.Equal(87.0 / 18, window.Value, 1e-12);
        Assert.Equal((ComplianceState.Warning, ComplianceReason.ForecastAboveLimit), (window.State, window.Reason));
    }

    [Fact]
    public void The_forecast_flow_is_that_of_the_last_hour()
    {
        var rig = new ComplianceRig(Limit(limit: 5));
        rig.Set(4, 1000);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T22:00:00+08:00");
        rig.Set(4, 2000);
        rig.Scan();
        rig.Run("2026-03-01T23:00:00+08:00");
        // (5·26,000 - 4·24,000) / 2,000
        Assert.Equal(17.0, rig.Engine.Windows[0].RemainingAverage, 1e-9);
    }

    [Fact]
    public void A_day_that_cannot_comply_any_more_says_so()
    {
        var rig = new ComplianceRig(Limit(limit: 5));
        rig.Set(6, 1000);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T02:00:00+08:00");
        Assert.Equal(ComplianceReason.AboveLimit, rig.Engine.Windows[0].Reason);
        rig.Run("2026-03-01T23:00:00+08:00");
        // (5·24 - 6·23) / 1
        Assert.Equal(-18.0, rig.Engine.Windows[0].RemainingAverage, 1e-9);
        Assert.Equal((ComplianceState.Exceeds, ComplianceReason.CannotComply), (rig.Engine.Windows[0].State, rig.Engine.Windows[0].Reason));
    }

    [Fact]
    public void Without_discharge_there_is_nothing_left_to_average()
    {
        var rig = new ComplianceRig(Limit(limit: 5));
        rig.Set(4, 1000);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T20:00:00+08:00");
        rig.Set(4, 0);
        rig.Scan();
        rig.Run("2026-03-01T22:00:00+08:00");
        ComplianceWindow window = rig.Engine.Windows[0];
        Assert.True(double.IsNaN(window.RemainingAverage));
        Assert.Equal((4.0, 4.0), (window.Value, window.Forecast));
    }

    [Fact]
    public void A_mean_over_time_needs_no_flow()
    {
        var rig = new ComplianceRig(Limit(limit: 5) with { FlowTag = -1 });
        rig.Set(4, double.NaN);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T18:00:00+08:00");
        Assert.Equal(8.0, rig.Engine.Windows[0].RemainingAverage, 1e-9); // 5 + 1·18/6
    }

    [Theory]
    [InlineData(Statistic.MonthlyMean, 10, 50, 69.04761904761905)]  // 10 days at 10 of 31: (50 · 31 - 10 · 10) / 21
    [InlineData(Statistic.MonthlyMean, 160, 50, -2.380952380952381)] // (50 · 31 - 10 · 160) / 21
    [InlineData(Statistic.AnnualMean, 10, 50, 51.351351351351354)]  // 10 valid days, 296 to come: (50 · 306 - 100) / 296
    [InlineData(Statistic.WeeklyMean, 10, 50, 66)]                  // Monday and Tuesday, five days to come: (50 · 7 - 2 · 10) / 5
    public void The_rest_of_a_period_has_what_is_left(Statistic statistic, double value, double limit, double expected)
    {
        var rig = new ComplianceRig(Limit(statistic, limit));
        rig.Set(value, 1000);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-11T00:00:30+08:00");
        Assert.Equal(expected, rig.Engine.Windows[0].RemainingAverage, 1e-9);
    }

    [Fact]
    public void The_rest_of_a_month_is_like_today_or_like_yesterday()
    {
        var rig = new ComplianceRig(Limit(Statistic.MonthlyMean, 15) with { WarningRatio = 1 });
        rig.Set(10, 1000);
        rig.Start("2026-04-01T00:00:00+08:00");
        rig.Run("2026-04-11T00:00:00+08:00");
        rig.Set(20, 1000);
        rig.Scan();
        rig.Run("2026-04-11T12:00:00+08:00");
        ComplianceWindow window = rig.Engine.Windows[0];
        // 10 days at 10, 20 days to come at 20 or at 10.
        Assert.Equal((10.0 * 10 + 20 * 20) / 30, window.Forecast, 1e-9);
        Assert.Equal(10.0, window.PatternForecast, 1e-9);
        // 10 · (15 - 10) is left and each day at 20 uses 5: 10 days from the beginning of today.
        Assert.Equal((10 * 24) - 12, window.HoursToBreach, 1e-9);
        Assert.Equal(ComplianceState.Complies, window.State);
    }

    [Fact]
    public void The_rest_of_a_day_may_be_as_yesterday()
    {
        var rig = new ComplianceRig(Limit(limit: 50));
        rig.Set(10, 1000);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T18:00:00+08:00");
        rig.Set(40, 3000); // the evening of the first day
        rig.Scan();
        rig.Run("2026-03-02T00:00:00+08:00");
        rig.Set(20, 1000);
        rig.Scan();
        rig.Run("2026-03-02T12:00:00+08:00");
        ComplianceWindow window = rig.Engine.Windows[0];
        double load = (20.0 * 12 * 1000) + (10.0 * 6 * 1000) + (40.0 * 6 * 3000), volume = 18_000 + (6 * 3000);
        Assert.Equal(load / volume, window.PatternForecast, 1e-9);
        Assert.Equal(20.0, window.Forecast, 1e-9);
        rig.Run("2026-03-02T18:30:00+08:00");
        load = (20.0 * 18.5 * 1000) + (40.0 * 5.5 * 3000);
        Assert.Equal(load / (18_500 + (5.5 * 3000)), rig.Engine.Windows[0].PatternForecast, 1e-9);
    }

    [Fact]
    public void The_time_to_a_breach_is_told_in_hours()
    {
        var rig = new ComplianceRig(Limit(limit: 5) with { WarningRatio = 1 });
        rig.Set(4, 1000);
        rig.Start("2026-03-01T00:00:00+08:00");
        rig.Run("2026-03-01T12:00:00+08:00");
        Assert.True(double.IsNaN(rig.Engine.Windows[0].HoursToBreach));
        Assert.Equal(PermitFigures.NoBreach, PermitFigures.ValueOf(rig.Engine.Windows[0], PermitFigure.HoursToBreach));
        rig.Set(7, 1000);
        rig.Scan();
        rig.Run("2026-03-01T14:00:00+08:00");
        // 12 h · 1 unspent, 2 h · 2 of it used, 8 left at 2 an hour.
        Assert.Equal(4.0, rig.Engine.Windows[0].HoursToBreach, 1e-9);
        rig.Run("2026-03-01T19:00:00+08:00");
        Assert.Equal((ComplianceState.Exceeds, 0.0), (rig.Engine.Windows[0].State, rig.Engine.Windows[0].HoursToBreach));
    }

    [Fact]
    public void A_load_knows_what_is_left_of_it()
    {
        // 1 mg/L · 1 m³/h is 1 g/h; the factor counts in kg and ticks.
        const double Kilogram = 1e-3 / TimeSpan.TicksPerHour;
        PermitLimit day = Limit(Statistic.DailyLoad, 500) with { ReadingUnit = "mg/L", Unit = "kg/d", LoadFactor = Kilogram };
        PermitLimit month = day with { Index = 1, Statistic = Statistic.MonthlyLoad, Limit = 9000, Unit = "kg", LoadPerDay = false };
        var rig = new ComplianceRig(day, month);
        rig.Set(10, 1000);
        rig.Start("2026-04-01T00:00:00+08:00");
        rig.Run("2026-04-03T12:00:00+08:00");
        ComplianceWindow today = rig.Engine.Windows[0], april = rig.Engine.Windows[1];
        Assert.Equal(500 - 120.0, today.RemainingLoad, 1e-6);
        Assert.Equal(380 / 12.0, today.RemainingAverage, 1e-6); // kg over 12 h · 1000 m³/h, in mg/L
        Assert.Equal((240.0, 240.0), (Math.Round(today.Forecast, 6), Math.Round(today.PatternForecast, 6)));
        Assert.Equal(9000 - 480.0, april.RemainingLoad, 1e-6);
        Assert.Equal(8520 / 28.0, april.RemainingAverage, 1e-6);
        Assert.Equal(480 + (28 * 240.0), april.Forecast, 1e-6);
        Assert.True(double.IsNaN(april.HoursToBreach));
        Assert.Equal(("kg", "mg/L"), (PermitFigures.UnitOf(month, PermitFigure.RemainingLoad), PermitFigures.UnitOf(day, PermitFigure.RemainingAverage)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_the_rest_may_average_closes_the_window_at_its_limit(int seed)
    {
        // The figure proves itself: a rest at exactly that average ends the day at exactly the limit.
        var random = new Random(seed);
        var rig = new ComplianceRig(Limit(limit: 20), Limit(Statistic.WeeklyMean, 20, 1));
        rig.Start("2026-03-02T00:00:00+08:00"); // a Monday
        long end = At("2026-03-05T00:00:00+08:00") + (random.Next(2, 20) * Hour);
        while (rig.Utc < end)
        {
            rig.Set(random.NextDouble() * 30, 1000);
            rig.Scan();
            rig.RunTo(Math.Min(end, rig.Utc + (random.Next(10, 200) * Minute)));
        }
        rig.RunTo(rig.Utc + Minute);
        double week = rig.Engine.Windows[1].RemainingAverage;
        rig.Set(rig.Engine.Windows[0].RemainingAverage, 1000);
        long minute = rig.Utc;
        rig.Scan();
        rig.Run("2026-03-06T00:01:00+08:00");
        double day = rig.Closed(0).Last().Window.Value;
        Assert.True(Math.Abs(day - 20) < 0.05, $"seed {seed}: the day ended at {day}, {minute}");
        // Thursday is over at 20; the three days left take what the week has.
        rig.Set((((4 * week) - day) / 3), 1000);
        rig.Scan();
        rig.Run("2026-03-09T00:01:00+08:00");
        Assert.True(Math.Abs(rig.Closed(1).Last().Window.Value - 20) < 0.05, $"seed {seed}: the week ended at {rig.Closed(1).Last().Window.Value}");
    }
}
