namespace Gateway.Simulation.Process.Bsm1;

/// <summary>Rain by drawn events, and what the sewer makes of it. Used by one thread.</summary>
internal sealed class StormRunoff
{
    private const double FirstDryDays = 7;

    private readonly Catchment _catchment = new();
    private readonly List<(double From, double To, double Strength)> _events = [];

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
    public double Flow => _catchment.Flow;

    /// <summary>Particulates carried along, as a share of the mean dry-weather concentration.</summary>
    public double Flush => _catchment.Flush;

    /// <summary>Moves on to a row.</summary>
    /// <param name="row">Number of the row, counting up from 0.</param>
    /// <param name="hours">Length of a row.</param>
    public void Step(int row, double hours)
    {
        var from = row * hours;
        double rain = 0;
        foreach (var (start, end, strength) in _events)
            rain += strength * Math.Max(0, Math.Min(end, from + hours) - Math.Max(start, from)) / hours;
        _catchment.Step(rain, hours);
    }
}
