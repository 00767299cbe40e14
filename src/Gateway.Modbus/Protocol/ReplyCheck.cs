namespace Gateway.Modbus.Protocol;

/// <summary>The verdict on an answer: where its data lies, or why it is refused.</summary>
/// <param name="Reason">None when the answer fits the request.</param>
/// <param name="Exception">The device's exception code; None for a normal answer.</param>
/// <param name="DataOffset">First data byte in the answer's PDU.</param>
/// <param name="DataLength">Data bytes.</param>
public readonly record struct ReplyVerdict(BadFrameReason Reason, ModbusExceptionCode Exception, int DataOffset, int DataLength);

/// <summary>Compares an answer's PDU with the request it claims to answer: function, length, byte count, echo.</summary>
public static class ReplyCheck
{
    /// <summary>Bytes of an exception answer's PDU (Modbus 1.1b3 §7).</summary>
    public const int ExceptionLength = 2;

    /// <summary>Judges <paramref name="reply"/> against <paramref name="request"/>.</summary>
    public static ReplyVerdict Check(ReadOnlySpan<byte> request, ReadOnlySpan<byte> reply)
    {
        if (reply.IsEmpty)
            return Bad(BadFrameReason.WrongLength);
        var function = request[0];
        if (reply[0] == (function | ProtocolLimits.ExceptionFlag))
            return CheckException(reply);
        if (reply[0] != function)
            return Bad(BadFrameReason.WrongFunction);
        ref readonly var entry = ref FunctionTable.Find(function);
        if (!entry.IsKnown)
            return new(BadFrameReason.None, ModbusExceptionCode.None, 1, reply.Length - 1);
        if (entry.Reply.Measure(reply) != reply.Length)
            return Bad(BadFrameReason.WrongLength);
        switch (entry.Kind)
        {
            case FunctionKind.Read:
            case FunctionKind.ReadWrite:
                var bytes = entry.DataBytes(ReadQuantity(request));
                return reply[1] == bytes ? Good(2, bytes) : Bad(BadFrameReason.WrongByteCount);
            case FunctionKind.DeviceIdentification:
                // The answer repeats MEI type and the code of the asked category (§6.21).
                return reply[1..3].SequenceEqual(request[1..3]) ? Good(1, reply.Length - 1) : Bad(BadFrameReason.WrongFunction);
            default:
                return reply.SequenceEqual(request[..reply.Length]) ? Good(reply.Length, 0) : Bad(BadFrameReason.WrongEcho);
        }
    }

    /// <summary>
    /// Bytes of the normal answer's PDU that <paramref name="request"/> must get, or zero when the device decides.
    /// </summary>
    public static int ExpectedLength(ReadOnlySpan<byte> request)
    {
        ref readonly var entry = ref FunctionTable.Find(request[0]);
        return entry.Kind switch
        {
            FunctionKind.Read or FunctionKind.ReadWrite => 2 + entry.DataBytes(ReadQuantity(request)),
            FunctionKind.Unknown or FunctionKind.DeviceIdentification => 0,
            _ => entry.Reply.Fixed,
        };
    }

    private static int ReadQuantity(ReadOnlySpan<byte> request) => (request[3] << 8) | request[4];

    private static ReplyVerdict CheckException(ReadOnlySpan<byte> reply)
    {
        if (reply.Length != ExceptionLength)
            return Bad(BadFrameReason.WrongLength);
        return reply[1] == 0 ? Bad(BadFrameReason.WrongException) : new(BadFrameReason.None, (ModbusExceptionCode)reply[1], 0, 0);
    }

    private static ReplyVerdict Good(int offset, int length) => new(BadFrameReason.None, ModbusExceptionCode.None, offset, length);

    private static ReplyVerdict Bad(BadFrameReason reason) => new(reason, ModbusExceptionCode.None, 0, 0);
}
