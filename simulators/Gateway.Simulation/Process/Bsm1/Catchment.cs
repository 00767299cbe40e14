namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// What a sewer makes of rain: a fast and a slow reservoir for the water, and deposits that grow in dry weather and are
/// carried along when the flow is high. Used by one thread.
/// </summary>
internal sealed class Catchment
{
    private const double FastHours = 0.75;
    private const double SlowHours = 9;
    private const double SlowShare = 0.25;

    // Deposits in hours of the mean particulate load; they fill in about three days and move above this runoff.
    private const double MostDeposits = 6;
    private const double DepositHours = 72;
    private const double FlushThreshold = 0.55;
    private const double FlushPerHour = 1.6;

    private double _fast;
    private double _slow;
    private double _deposits = MostDeposits;

    /// <summary>Runoff in units of the mean dry-weather flow.</summary>
    public double Flow => ((1 - SlowShare) * _fast) + (SlowShare * _slow);

    /// <summary>Particulates carried along, as a share of the mean dry-weather concentration.</summary>
    public double Flush { get; private set; }

    /// <summary>Moves on.</summary>
    /// <param name="rain">Rain in units of the mean dry-weather flow.</param>
    /// <param name="hours">Length of the step.</param>
    public void Step(double rain, double hours)
    {
        _fast += (rain - _fast) * (1 - Math.Exp(-hours / FastHours));
        _slow += (rain - _slow) * (1 - Math.Exp(-hours / SlowHours));

        var excess = Math.Max(0, Flow - FlushThreshold);
        var carried = _deposits * (1 - Math.Exp(-FlushPerHour * excess * hours));
        _deposits += ((MostDeposits - _deposits) * (1 - Math.Exp(-hours / DepositHours))) - carried;
        Flush = carried / hours / (1 + Flow);
    }
}
