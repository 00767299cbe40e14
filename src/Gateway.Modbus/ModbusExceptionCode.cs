namespace Gateway.Modbus;

/// <summary>Exception codes of Modbus 1.1b3 §7; zero means that the device did what was asked.</summary>
public enum ModbusExceptionCode : byte
{
    /// <summary>No exception.</summary>
    None = 0,

    /// <summary>The function is not known or not allowed in the device's state.</summary>
    IllegalFunction = 1,

    /// <summary>The address, or address plus quantity, lies outside the device's map.</summary>
    IllegalDataAddress = 2,

    /// <summary>A value or the implied length of the request is not allowed.</summary>
    IllegalDataValue = 3,

    /// <summary>The device failed while it did what was asked.</summary>
    ServerDeviceFailure = 4,

    /// <summary>The device accepted the request and needs a long time.</summary>
    Acknowledge = 5,

    /// <summary>The device is busy; ask again later.</summary>
    ServerDeviceBusy = 6,

    /// <summary>The device cannot do the program function (older devices).</summary>
    NegativeAcknowledge = 7,

    /// <summary>The device found a parity error in its extended memory.</summary>
    MemoryParityError = 8,

    /// <summary>A gateway has no path to the device.</summary>
    GatewayPathUnavailable = 10,

    /// <summary>A gateway got no answer from the device.</summary>
    GatewayTargetFailedToRespond = 11,
}
