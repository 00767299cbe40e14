using Gateway.Modbus;
using Gateway.Runtime.Scan;

namespace Gateway.Drivers.Modbus;

/// <summary>One output of a Modbus device: its requests, and what their answers mean. Line only.</summary>
internal sealed class ModbusOutput : OutputWriter
{
    private readonly WriteRequest _write;

    public ModbusOutput(int device, ModbusDevice definition, ModbusPoint point, OutputMailbox mailbox)
        : base(device, definition, point, mailbox) => _write = new WriteRequest(point, definition.WriteSingle);

    /// <summary>The write without framing.</summary>
    public ReadOnlyMemory<byte> WritePdu => _write.Pdu;

    /// <summary>The read-back without framing.</summary>
    public ReadOnlyMemory<byte> ReadBackPdu => _write.ReadBack;

    /// <inheritdoc/>
    // Modbus 1.1b3 §7: the value does not fit the register.
    protected override uint UnfitCode => (uint)ModbusExceptionCode.IllegalDataValue;

    /// <inheritdoc/>
    protected override bool TryEncode(double raw) => _write.TryEncode(raw);

    /// <summary>The write ended.</summary>
    public void AcceptWriteReply(ModbusReply reply, long now) => AcceptWrite(AnswerOf(reply), (uint)reply.ExceptionCode, now);

    /// <summary>The read-back ended.</summary>
    public void AcceptReadBack(ModbusReply reply, ReadOnlySpan<byte> data, long now)
    {
        double value = double.NaN;
        AcceptReadBack(reply.IsOk && _write.Matches(data, out value), value, now);
    }

    private static WriteAnswer AnswerOf(ModbusReply reply) => reply.Status switch
    {
        ModbusReplyStatus.Ok => WriteAnswer.Accepted,
        // A wrong echo proves nothing either way.
        ModbusReplyStatus.BadFrame => WriteAnswer.Odd,
        // Accepted, done later (Modbus 1.1b3 §7): the value will show.
        ModbusReplyStatus.DeviceException when reply.ExceptionCode == ModbusExceptionCode.Acknowledge => WriteAnswer.Pending,
        ModbusReplyStatus.DeviceException => WriteAnswer.Refused,
        _ => WriteAnswer.Silent,
    };
}
