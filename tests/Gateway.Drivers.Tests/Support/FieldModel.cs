using System.Buffers.Binary;
using Gateway.Modbus;
using Gateway.Modbus.Server;

namespace Gateway.Drivers.Tests.Support;

/// <summary>
/// The devices behind one connection. Every register holds its own address until something else is written, so an
/// answer that lands on the wrong point shows.
/// </summary>
internal sealed class FieldModel : IDataModel
{
    private readonly Dictionary<int, ushort> _registers = [];
    private readonly Dictionary<int, bool> _coils = [];

    public HashSet<byte> Absent { get; } = [];

    public HashSet<int> IllegalRegisters { get; } = [];

    public Dictionary<byte, ModbusExceptionCode> Failing { get; } = [];

    public Func<ModbusExceptionCode> RandomFailure { get; set; } = static () => ModbusExceptionCode.None;

    public ModbusExceptionCode WriteFailure { get; set; }

    public bool IgnoresWrites { get; set; }

    public int MostRegisters { get; set; } = 125;

    public Dictionary<byte, int> ReadsOf { get; } = [];

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    public int LargestRead { get; private set; }

    public List<(byte Unit, ushort Address, ushort Count)> Log { get; } = [];

    public bool KeepsLog { get; set; }

    public ushort this[int address]
    {
        get => _registers.TryGetValue(address, out ushort value) ? value : (ushort)address;
        set => _registers[address] = value;
    }

    public bool Coil(int address) => _coils.TryGetValue(address, out bool value) ? value : address % 3 == 0;

    public void SetCoil(int address, bool value) => _coils[address] = value;

    public bool Serves(byte unit) => !Absent.Contains(unit);

    public ModbusExceptionCode Coils(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read)
    {
        ModbusExceptionCode code = Judge(unit, address, count, isWrite: !write.IsEmpty);
        if (code != ModbusExceptionCode.None)
            return code;
        for (int i = 0; i < count; i++)
        {
            if (write.IsEmpty && Coil(address + i))
                read[i / 8] |= (byte)(1 << (i % 8));
            else if (!write.IsEmpty && !IgnoresWrites)
                _coils[address + i] = (write[i / 8] & (1 << (i % 8))) != 0;
        }

        return code;
    }

    public ModbusExceptionCode DiscreteInputs(byte unit, ushort address, ushort count, Span<byte> read) =>
        Coils(unit, address, count, default, read);

    public ModbusExceptionCode HoldingRegisters(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read)
    {
        ModbusExceptionCode code = Judge(unit, address, count, isWrite: !write.IsEmpty);
        if (code != ModbusExceptionCode.None)
            return code;
        for (int i = 0; i < count; i++)
        {
            if (write.IsEmpty)
                BinaryPrimitives.WriteUInt16BigEndian(read[(2 * i)..], this[address + i]);
            else if (!IgnoresWrites)
                this[address + i] = BinaryPrimitives.ReadUInt16BigEndian(write[(2 * i)..]);
        }

        return code;
    }

    public ModbusExceptionCode InputRegisters(byte unit, ushort address, ushort count, Span<byte> read) =>
        HoldingRegisters(unit, address, count, default, read);

    public ReadOnlySpan<byte> Identification(byte unit, byte objectId) => default;

    private ModbusExceptionCode Judge(byte unit, int address, int count, bool isWrite)
    {
        if (isWrite)
        {
            Writes++;
            return WriteFailure;
        }

        Reads++;
        ReadsOf[unit] = ReadsOf.GetValueOrDefault(unit) + 1;
        LargestRead = Math.Max(LargestRead, count);
        if (KeepsLog)
            Log.Add((unit, (ushort)address, (ushort)count));
        if (Failing.TryGetValue(unit, out ModbusExceptionCode failure))
            return failure;
        if (count > MostRegisters)
            return ModbusExceptionCode.IllegalDataValue;
        foreach (int illegal in IllegalRegisters)
        {
            if (illegal >= address && illegal < address + count)
                return ModbusExceptionCode.IllegalDataAddress;
        }

        return RandomFailure();
    }
}
