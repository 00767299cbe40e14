namespace Gateway.Modbus;

/// <summary>How one request ended.</summary>
public enum ModbusReplyStatus : byte
{
    /// <summary>The device answered and did what was asked.</summary>
    Ok = 0,

    /// <summary>The device answered with an exception code: a successful conversation.</summary>
    DeviceException = 1,

    /// <summary>No answer came in time.</summary>
    TimedOut = 2,

    /// <summary>The connection is closed; a new client is needed.</summary>
    Disconnected = 3,

    /// <summary>An answer came that does not fit the request; see <see cref="BadFrameReason"/>.</summary>
    BadFrame = 4,
}

/// <summary>What was wrong with an answer.</summary>
public enum BadFrameReason : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The protocol id is not zero.</summary>
    WrongProtocol = 1,

    /// <summary>The length is impossible or does not fit the function.</summary>
    WrongLength = 2,

    /// <summary>Another unit answered.</summary>
    WrongUnit = 3,

    /// <summary>Another function was answered.</summary>
    WrongFunction = 4,

    /// <summary>The byte count does not fit the asked quantity.</summary>
    WrongByteCount = 5,

    /// <summary>A write was answered with other values than written: read back to know.</summary>
    WrongEcho = 6,

    /// <summary>The check sum (CRC or LRC) is wrong.</summary>
    WrongChecksum = 7,

    /// <summary>An exception answer carries code zero.</summary>
    WrongException = 8,
}

/// <summary>The result of one request. A value, so that a failing peer costs neither an exception nor memory.</summary>
public readonly record struct ModbusReply
{
    internal ModbusReply(ModbusReplyStatus status, ModbusExceptionCode code, int length, BadFrameReason reason)
    {
        Status = status;
        ExceptionCode = code;
        Length = length;
        Reason = reason;
    }

    /// <summary>How the request ended.</summary>
    public ModbusReplyStatus Status { get; }

    /// <summary>The device's exception code, when <see cref="Status"/> is DeviceException.</summary>
    public ModbusExceptionCode ExceptionCode { get; }

    /// <summary>Data bytes in the destination; zero unless <see cref="Status"/> is Ok.</summary>
    public int Length { get; }

    /// <summary>What was wrong, when <see cref="Status"/> is BadFrame.</summary>
    public BadFrameReason Reason { get; }

    /// <summary>True when the device did what was asked.</summary>
    public bool IsOk => Status == ModbusReplyStatus.Ok;

    internal static ModbusReply Done(int length) => new(ModbusReplyStatus.Ok, ModbusExceptionCode.None, length, BadFrameReason.None);

    internal static ModbusReply Refused(ModbusExceptionCode code) =>
        new(ModbusReplyStatus.DeviceException, code, 0, BadFrameReason.None);

    internal static ModbusReply Bad(BadFrameReason reason) =>
        new(ModbusReplyStatus.BadFrame, ModbusExceptionCode.None, 0, reason);

    internal static ModbusReply Late { get; } =
        new(ModbusReplyStatus.TimedOut, ModbusExceptionCode.None, 0, BadFrameReason.None);

    internal static ModbusReply Gone { get; } =
        new(ModbusReplyStatus.Disconnected, ModbusExceptionCode.None, 0, BadFrameReason.None);
}
