namespace Gateway.Simulation.Process;

/// <summary>What the plant's controller knows of a signal besides its value. What nobody notices, such as drift, is good.</summary>
public enum SignalCondition
{
    /// <summary>As far as anybody knows, the value is right.</summary>
    Good,

    /// <summary>The instrument or its wire has failed.</summary>
    Failed,

    /// <summary>The input station does not answer; the value is the last one.</summary>
    Unreachable,

    /// <summary>The value is held for a calibration.</summary>
    Calibrating,

    /// <summary>The value is held, because the instrument is cleaned or gets no sample.</summary>
    Held,

    /// <summary>The true value lies above the range, whose end is shown.</summary>
    OverRange,
}
