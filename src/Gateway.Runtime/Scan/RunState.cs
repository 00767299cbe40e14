namespace Gateway.Runtime.Scan;

/// <summary>Run state of the scan, as in a PLC.</summary>
public enum RunState : byte
{
    /// <summary>Waits for first data; outputs are not driven.</summary>
    Starting,
    /// <summary>Everything is evaluated; outputs are driven.</summary>
    Run,
    /// <summary>Stopped on request; outputs are safe.</summary>
    Stop,
    /// <summary>A bug of the gateway stopped the scan; outputs are safe; web and metrics say why.</summary>
    Fault,
}
