using Gateway.Runtime.Scan;

namespace Gateway.SystemTests.Month;

/// <summary>Alarms whose shelving ran out come back one a second (F-59).</summary>
internal sealed class ReturnTurn
{
    private long _wait;

    /// <summary>Lets time pass.</summary>
    public void Pass(long ticks) => _wait = Math.Max(0, _wait - ticks);

    /// <summary>Takes the turn when it is free.</summary>
    public bool TryTake()
    {
        if (_wait > 0)
            return false;
        _wait = ScanTime.TicksPerSecond;
        return true;
    }
}
