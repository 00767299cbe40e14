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
}
