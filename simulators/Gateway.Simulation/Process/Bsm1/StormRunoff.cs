namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// Rain over the catchment and what the sewer makes of it: a fast and a slow reservoir for the water, and deposits that
/// grow in dry weather and are carried along when the flow is high. Used by one thread.
/// </summary>
internal sealed class StormRunoff
{
    private const double FirstDryDays = 7;
    private const double FastHours = 0.75;
    private const double SlowHours = 9;
    private const double SlowShare = 0.25;

    // Deposits in hours of the mean particulate load; they fill in about three days and move above this runoff.
    private const double MostDeposits = 6;
    private const double DepositHours = 72;
    private const double FlushThreshold = 0.55;
    private const double FlushPerHour = 1.6;

    private readonly List<(double From, double To, double Strength)> _events = [];
    private double _fast;
    private double _slow;
    private double _deposits = MostDeposits;

    /// <summary>Draws the events.</summary>
    public StormRunoff(Weather weather, int days, ulong seed)
    {
        var random = new SeededRandom(seed, "rain");
        var start = days > FirstDryDays + 3 ? FirstDryDays + 1.5 + random.NextDouble() : days / 4.0;
        while (weather != Weather.Dry && start < days)
        {
            // A long rain of one and a half to two days; or one to three hours of heavy rain, often not the only one.
            var hours = weather == Weather.Rain ? 36 + (12 * random.NextDouble()) : 1 + (2 * random.NextDouble());
            var strength = weather == Weather.Rain ? 1.1 + (0.3 * random.NextDouble()) : 2.5 + random.NextDouble();
            _events.Add((start * 24, (start * 24) + hours, strength));
            start += (hours / 24) + (weather == Weather.Rain ? 6 + (6 * random.NextDouble()) : 2 + (2 * random.NextDouble()));
        }
    }

    /// <summary>Runoff in units of the mean dry-weather flow.</summary>
    public double Flow => ((1 - SlowShare) * _fast) + (SlowShare * _slow);

    /// <summary>Particulates carried along, as a share of the mean dry-weather concentration.</summary>
    public double Flush { get; private set; }

    /// <summary>Moves on to a row.</summary>
    /// <param name="row">Number of the row, counting up from 0.</param>
    /// <param name="hours">Length of a row.</param>
    public void Step(int row, double hours)
    {
        var from = row * hours;
        double rain = 0;
        foreach (var (start, end, strength) in _events)
            rain += strength * Math.Max(0, Math.Min(end, from + hours) - Math.Max(start, from)) / hours;
        _fast += (rain - _fast) * (1 - Math.Exp(-hours / FastHours));
        _slow += (rain - _slow) * (1 - Math.Exp(-hours / SlowHours));

        var excess = Math.Max(0, Flow - FlushThreshold);
        var carried = _deposits * (1 - Math.Exp(-FlushPerHour * excess * hours));
        _deposits += ((MostDeposits - _deposits) * (1 - Math.Exp(-hours / DepositHours))) - carried;
        Flush = carried / hours / (1 + Flow);
    }
}
