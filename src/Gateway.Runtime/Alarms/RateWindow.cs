using Gateway.Runtime.Scan;

namespace Gateway.Runtime.Alarms;

/// <summary>
/// The mean slope of a value over a sliding window, on fixed memory. Samples are kept at most every 32nd part of the
/// window, so the slope is taken over the window or up to one such part longer, always divided by the true time
/// between the two samples. Written by the scan only.
/// </summary>
internal sealed class RateWindow
{
    private const int Parts = 32;

    // Parts samples younger than the window, one at least as old as it, and the newest.
    private readonly long[] _times = new long[Parts + 2];
    private readonly double[] _values = new double[Parts + 2];
    private readonly long _window;
    private readonly long _spacing;
    private int _oldest;
    private int _count;

    public RateWindow(int windowMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(windowMs);
        _window = windowMs * ScanTime.TicksPerMillisecond;
        _spacing = (_window + Parts - 1) / Parts;
    }

    /// <summary>Forgets all samples: after a gap the slope is unknown until the window has filled again.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds a sample.</summary>
    /// <returns>The slope in units per second, NaN until the window has filled.</returns>
    public double Add(double value, long elapsed)
    {
        while (_count >= 2 && elapsed - _times[Slot(1)] >= _window)
        {
            _oldest = Slot(1);
            _count--;
        }
        double slope = double.NaN;
        long age = _count == 0 ? 0 : elapsed - _times[_oldest];
        if (age >= _window)
            slope = (value - _values[_oldest]) / ((double)age / ScanTime.TicksPerSecond);
        if (_count == 0 || elapsed - _times[Slot(_count - 1)] >= _spacing)
        {
            Invariant.Check(_count < _times.Length);
            _times[Slot(_count)] = elapsed;
            _values[Slot(_count)] = value;
            _count++;
        }
        return slope;
    }

    private int Slot(int position) => (_oldest + position) % _times.Length;
}
