using System.Buffers.Binary;
using System.Text;

namespace Gateway.Modbus.Server;

/// <summary>
/// A plain memory with the four address spaces, the same for every unit id. Every member may be called from any
/// thread.
/// </summary>
public sealed class RegisterBank : IDataModel
{
    private const int MaxItems = 65536;
    private readonly Lock _gate = new();
    private readonly bool[] _coils;
    private readonly bool[] _discreteInputs;

    // Registers are kept in wire order, so that a read is one copy.
    private readonly byte[] _holding;
    private readonly byte[] _input;
    private readonly Dictionary<byte, byte[]> _identification = [];

    /// <summary>Creates a bank with <paramref name="size"/> items in each space, 0 to 65536.</summary>
    public RegisterBank(int size = MaxItems)
        : this(size, size, size, size)
    {
    }

    /// <summary>Creates a bank; each size is 0 to 65536, addresses run from 0.</summary>
    public RegisterBank(int coils, int discreteInputs, int holdingRegisters, int inputRegisters)
    {
        _coils = new bool[Checked(coils)];
        _discreteInputs = new bool[Checked(discreteInputs)];
        _holding = new byte[2 * Checked(holdingRegisters)];
        _input = new byte[2 * Checked(inputRegisters)];
    }

    /// <inheritdoc/>
    public bool Serves(byte unit) => true;

    /// <summary>Sets an identification object, for instance 0 vendor name, 1 product code, 2 revision.</summary>
    /// <param name="objectId">Object id, 0 to 255.</param>
    /// <param name="text">Up to 240 ASCII characters; other characters become question marks.</param>
    public void SetIdentification(byte objectId, string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, 240);
        lock (_gate)
            _identification[objectId] = Encoding.ASCII.GetBytes(text);
    }

    /// <summary>The value of a coil.</summary>
    public bool GetCoil(ushort address)
    {
        lock (_gate)
            return _coils[address];
    }

    /// <summary>Sets a coil.</summary>
    public void SetCoil(ushort address, bool value)
    {
        lock (_gate)
            _coils[address] = value;
    }

    /// <summary>The value of a discrete input.</summary>
    public bool GetDiscreteInput(ushort address)
    {
        lock (_gate)
            return _discreteInputs[address];
    }

    /// <summary>Sets a discrete input.</summary>
    public void SetDiscreteInput(ushort address, bool value)
    {
        lock (_gate)
            _discreteInputs[address] = value;
    }

    /// <summary>The value of a holding register.</summary>
    public ushort GetHoldingRegister(ushort address)
    {
        lock (_gate)
            return BinaryPrimitives.ReadUInt16BigEndian(_holding.AsSpan(2 * address));
    }

    /// <summary>Sets a holding register.</summary>
    public void SetHoldingRegister(ushort address, ushort value)
    {
        lock (_gate)
            BinaryPrimitives.WriteUInt16BigEndian(_holding.AsSpan(2 * address), value);
    }

    /// <summary>Sets consecutive holding registers in one step from wire bytes, two per register, high byte first.</summary>
    public void SetHoldingRegisters(ushort address, ReadOnlySpan<byte> wire)
    {
        lock (_gate)
            wire.CopyTo(_holding.AsSpan(2 * address));
    }

    /// <summary>The value of an input register.</summary>
    public ushort GetInputRegister(ushort address)
    {
        lock (_gate)
            return BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(2 * address));
    }

    /// <summary>Sets an input register.</summary>
    public void SetInputRegister(ushort address, ushort value)
    {
        lock (_gate)
            BinaryPrimitives.WriteUInt16BigEndian(_input.AsSpan(2 * address), value);
    }

    /// <summary>Sets consecutive input registers in one step from wire bytes, two per register, high byte first.</summary>
    public void SetInputRegisters(ushort address, ReadOnlySpan<byte> wire)
    {
        lock (_gate)
            wire.CopyTo(_input.AsSpan(2 * address));
    }

    /// <inheritdoc/>
    public ModbusExceptionCode Coils(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read)
    {
        if (address + count > _coils.Length)
            return ModbusExceptionCode.IllegalDataAddress;
        var coils = _coils.AsSpan(address, count);
        lock (_gate)
        {
            if (write.IsEmpty)
                Pack(coils, read);
            else
                Unpack(write, coils);
        }

        return ModbusExceptionCode.None;
    }

    /// <inheritdoc/>
    public ModbusExceptionCode DiscreteInputs(byte unit, ushort address, ushort count, Span<byte> read)
    {
        if (address + count > _discreteInputs.Length)
            return ModbusExceptionCode.IllegalDataAddress;
        lock (_gate)
            Pack(_discreteInputs.AsSpan(address, count), read);
        return ModbusExceptionCode.None;
    }

    /// <inheritdoc/>
    public ModbusExceptionCode HoldingRegisters(
        byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read)
    {
        if (2 * (address + count) > _holding.Length)
            return ModbusExceptionCode.IllegalDataAddress;
        var registers = _holding.AsSpan(2 * address, 2 * count);
        lock (_gate)
        {
            if (write.IsEmpty)
                registers.CopyTo(read);
            else
                write.CopyTo(registers);
        }

        return ModbusExceptionCode.None;
    }

    /// <inheritdoc/>
    public ModbusExceptionCode InputRegisters(byte unit, ushort address, ushort count, Span<byte> read)
    {
        if (2 * (address + count) > _input.Length)
            return ModbusExceptionCode.IllegalDataAddress;
        lock (_gate)
            _input.AsSpan(2 * address, 2 * count).CopyTo(read);
        return ModbusExceptionCode.None;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Identification(byte unit, byte objectId)
    {
        lock (_gate)
            return _identification.GetValueOrDefault(objectId);
    }

    private static int Checked(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxItems);
        return size;
    }

    private static void Pack(ReadOnlySpan<bool> bits, Span<byte> packed)
    {
        for (var i = 0; i < bits.Length; i++)
        {
            if (bits[i])
                packed[i >> 3] |= (byte)(1 << (i & 7));
        }
    }

    private static void Unpack(ReadOnlySpan<byte> packed, Span<bool> bits)
    {
        for (var i = 0; i < bits.Length; i++)
            bits[i] = (packed[i >> 3] & (1 << (i & 7))) != 0;
    }
}
