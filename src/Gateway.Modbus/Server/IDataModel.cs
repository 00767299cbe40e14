namespace Gateway.Modbus.Server;

/// <summary>
/// The data behind a server: one method per address space, not per function code. Quantities and lengths are
/// checked before a call; the model judges addresses and values. The server makes one call at a time.
/// </summary>
public interface IDataModel
{
    /// <summary>True when this unit id belongs to the model.</summary>
    bool Serves(byte unit);

    /// <summary>Reads or writes coils.</summary>
    /// <param name="unit">Unit id of the request.</param>
    /// <param name="address">First coil, from 0.</param>
    /// <param name="count">Number of coils.</param>
    /// <param name="write">New values, eight per byte, lowest bit first; empty when the coils are read.</param>
    /// <param name="read">Cleared room for the values; empty when the coils are written.</param>
    /// <returns>None, or the exception to answer.</returns>
    ModbusExceptionCode Coils(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read);

    /// <summary>Reads discrete inputs, packed like coils.</summary>
    /// <param name="unit">Unit id of the request.</param>
    /// <param name="address">First input, from 0.</param>
    /// <param name="count">Number of inputs.</param>
    /// <param name="read">Cleared room for the values.</param>
    /// <returns>None, or the exception to answer.</returns>
    ModbusExceptionCode DiscreteInputs(byte unit, ushort address, ushort count, Span<byte> read);

    /// <summary>Reads or writes holding registers.</summary>
    /// <param name="unit">Unit id of the request.</param>
    /// <param name="address">First register, from 0.</param>
    /// <param name="count">Number of registers.</param>
    /// <param name="write">New values, two bytes each, high byte first; empty when the registers are read.</param>
    /// <param name="read">Room for the values; empty when the registers are written.</param>
    /// <returns>None, or the exception to answer.</returns>
    ModbusExceptionCode HoldingRegisters(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read);

    /// <summary>Reads input registers.</summary>
    /// <param name="unit">Unit id of the request.</param>
    /// <param name="address">First register, from 0.</param>
    /// <param name="count">Number of registers.</param>
    /// <param name="read">Room for the values, two bytes each, high byte first.</param>
    /// <returns>None, or the exception to answer.</returns>
    ModbusExceptionCode InputRegisters(byte unit, ushort address, ushort count, Span<byte> read);

    /// <summary>The value of an identification object (Modbus 1.1b3 §6.21); empty when there is no such object.</summary>
    ReadOnlySpan<byte> Identification(byte unit, byte objectId);
}
