namespace Gateway.SystemTests.Month;

/// <summary>What one register really held over the last minutes, written by the test each time the plant moved.</summary>
internal sealed class TagTruth
{
    // Steps of one second; the slowest tags are polled each minute and stay usable for four.
    private const int Kept = 512;

    private readonly long[] _bits = new long[Kept];
    private readonly long[] _since = new long[Kept];
    private long _count;

    /// <summary>The register holds <paramref name="value"/> from <paramref name="now"/> on.</summary>
    public void Record(double value, long now)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        if (_count > 0 && _bits[(_count - 1) % Kept] == bits)
            return;
        _bits[_count % Kept] = bits;
        _since[_count % Kept] = now;
        _count++;
    }

    /// <summary>The last instant at which the register held the value; -1 when it is not known to have done so.</summary>
    public long LastHeld(double value, long now)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        long until = now;
        for (long i = _count - 1; i >= 0 && i >= _count - Kept; i--)
        {
            if (_bits[i % Kept] == bits)
                return until;
            until = _since[i % Kept];
        }
        return -1;
    }
}
