namespace Gateway.Simulation.Process;

/// <summary>One blower: speed follows the set-point with a lag; it trips, locks and restarts.</summary>
public sealed class Blower
{
    private const double LagSeconds = 20 / 2.3026;
    private const double LeastSpeed = 5;
    private const double RestartLockSeconds = 120;

    // Surge protection: a blower works against closed valves no longer than this, and tries again after its lock.
    private const double SurgeSeconds = 180;

    private readonly double _capacity;
    private double _lockSeconds;
    private double _surgeSeconds;
    private bool _hadFailed;
    private bool _isSurgeTrip;

    internal Blower(double capacityNm3PerHour) => _capacity = capacityNm3PerHour;

    /// <summary>Wanted speed in percent; below 5 the blower stops.</summary>
    public double Setpoint { get; set; }

    /// <summary>Actual speed in percent.</summary>
    public double Feedback { get; private set; }

    /// <summary>Shaft power in kW.</summary>
    public double Power { get; internal set; }

    /// <summary>True while it turns by command.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>What is wrong with it; a failure trips it, and its end resets it.</summary>
    public ActuatorCondition Condition { get; } = new();

    /// <summary>Tripped: it stands until <see cref="Reset"/>.</summary>
    public bool IsTripped { get; private set; }

    /// <summary>The motor protection has acted; cleared by <see cref="Reset"/>.</summary>
    public bool IsOverloaded { get; private set; }

    /// <summary>It works against closed valves.</summary>
    public bool IsSurging { get; internal set; }

    /// <summary>The emergency stop is pressed.</summary>
    public bool IsEmergencyStopped { get; set; }

    /// <summary>Out for maintenance.</summary>
    public bool IsInMaintenance { get; set; }

    /// <summary>It can be started: not tripped, not locked, not stopped by hand.</summary>
    public bool IsReady => !IsTripped && !IsEmergencyStopped && !IsInMaintenance && _lockSeconds <= 0;

    internal double Air => _capacity * Feedback / 100;

    /// <summary>Trips the blower, as its motor protection would.</summary>
    public void Trip()
    {
        IsTripped = true;
        IsOverloaded = true;
        _lockSeconds = RestartLockSeconds;
    }

    /// <summary>Acknowledges the trip; the restart lock of 120 s after the trip still holds.</summary>
    public void Reset() => IsTripped = IsOverloaded = _isSurgeTrip = false;

    internal void Step(double seconds)
    {
        if (Condition.IsFailed && !_hadFailed)
            Trip();
        else if (_hadFailed && !Condition.IsFailed)
            Reset();
        _hadFailed = Condition.IsFailed;
        _surgeSeconds = IsSurging ? _surgeSeconds + seconds : 0;
        if (_surgeSeconds > SurgeSeconds)
        {
            Trip();
            _isSurgeTrip = true;
        }

        _lockSeconds = Math.Max(0, _lockSeconds - seconds);
        if (_isSurgeTrip && _lockSeconds <= 0)
            Reset();
        IsRunning = IsReady && Setpoint >= LeastSpeed;
        var target = IsRunning ? Setpoint : 0;
        Feedback += (target - Feedback) * Condition.Share(seconds, LagSeconds);
    }
}
