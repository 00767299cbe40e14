namespace Gateway.Drivers;

/// <summary>Where a line is on its way to polling. Being connected says nothing about data: see <see cref="LineStatistics"/>.</summary>
public enum LineState
{
    /// <summary>Not started, or stopped.</summary>
    Stopped,
    /// <summary>A connection is being opened.</summary>
    Connecting,
    /// <summary>The last attempt or connection failed; the pause before the next attempt runs.</summary>
    Waiting,
    /// <summary>Connected; requests are sent as they fall due, or a server sends what changes.</summary>
    Polling,
    /// <summary>Closed on purpose until something is due (a device with <see cref="Modbus.ModbusDevice.CloseAfterPoll"/>).</summary>
    Idle,
}
