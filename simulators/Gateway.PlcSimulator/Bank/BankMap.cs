using Gateway.Modbus.Protocol;
using Gateway.Modbus.Server;
using Gateway.Simulation.Plc;

namespace Gateway.PlcSimulator.Bank;

/// <summary>What a map file says: the memory of the four spaces, and the fault rules. Made by <see cref="BankMapReader"/>.</summary>
internal sealed class BankMap
{
    private readonly int[] _sizes = new int[(int)DataSpace.InputRegisters + 1];
    private readonly Dictionary<DataSpace, byte[]> _memory = new()
    {
        [DataSpace.Coils] = new byte[65536],
        [DataSpace.DiscreteInputs] = new byte[65536],
        [DataSpace.HoldingRegisters] = new byte[2 * 65536],
        [DataSpace.InputRegisters] = new byte[2 * 65536],
    };

    /// <summary>Fault rules, in the order of the file.</summary>
    public List<FaultRule> Faults { get; } = [];

    /// <summary>Memory of a space: two bytes per register in wire order, one byte per bit.</summary>
    public byte[] Memory(DataSpace space) => _memory[space];

    /// <summary>Addresses of a space, from 0 to the last one that the file names.</summary>
    public int Size(DataSpace space) => _sizes[(int)space];

    /// <summary>Makes a space reach to an address.</summary>
    public void Reach(DataSpace space, int end) => _sizes[(int)space] = Math.Max(_sizes[(int)space], end);

    /// <summary>A bank with this content.</summary>
    public RegisterBank ToBank()
    {
        var bank = new RegisterBank(
            Size(DataSpace.Coils), Size(DataSpace.DiscreteInputs), Size(DataSpace.HoldingRegisters), Size(DataSpace.InputRegisters));
        for (var address = 0; address < Size(DataSpace.Coils); address++)
            bank.SetCoil((ushort)address, Memory(DataSpace.Coils)[address] != 0);
        for (var address = 0; address < Size(DataSpace.DiscreteInputs); address++)
            bank.SetDiscreteInput((ushort)address, Memory(DataSpace.DiscreteInputs)[address] != 0);
        bank.SetHoldingRegisters(0, Memory(DataSpace.HoldingRegisters).AsSpan(0, 2 * Size(DataSpace.HoldingRegisters)));
        bank.SetInputRegisters(0, Memory(DataSpace.InputRegisters).AsSpan(0, 2 * Size(DataSpace.InputRegisters)));
        bank.SetIdentification(0, "Gateway simulators");
        bank.SetIdentification(1, "RegisterBank");
        bank.SetIdentification(2, "1");
        return bank;
    }
}
