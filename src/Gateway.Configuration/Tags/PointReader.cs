using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Site;
using Gateway.Drivers.Modbus;
using Gateway.Drivers.OpcUa;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Runtime.Tags;
using static Gateway.Configuration.Tags.TagShape;

namespace Gateway.Configuration.Tags;

/// <summary>Reads the address columns of tags.csv and checks the points of each device against each other. Used by one thread.</summary>
internal sealed class PointReader(TableReader row, GatewayDocument gateway, bool isGatewayKnown)
{
    private const int Addresses = 65_536;

    // A register has 16 bits and two bytes; more tags than that at one address were reported already.
    private const int MostCompared = 32;

    private readonly Dictionary<(int Device, DataSpace Space), List<Occupied>> _occupied = [];
    private readonly GatewayDocument _gateway = gateway;
    private readonly NodeReader _nodes = new(row);

    /// <summary>What a point takes: registers or bits from Start, and within a single register the bits of Mask.</summary>
    private readonly record struct Occupied(int Start, int Length, int Mask, int Row)
    {
        public int End => Start + Length;
    }

    /// <summary>Reads the point of the present row and adds it to its device.</summary>
    /// <returns>True when the value is 0 or 1.</returns>
    public bool Read(TagDefinition tag, int periodMs, int group, bool isWritable)
    {
        DeviceDraft? device = FindDevice();
        if (device?.Definition is OpcUaDevice)
            return _nodes.Read(tag, device, periodMs);
        if (row.Has(SourceDeadband))
            row.Fail(DiagnosticCodes.UselessColumn, SourceDeadband, "'sourceDeadband' has no effect for a Modbus device; leave the cell empty");
        DataSpace space = (DataSpace)(1 + Math.Max(0, row.Choice(Space)));
        bool isPackedBit = space is DataSpace.Coils or DataSpace.DiscreteInputs;
        if (!row.Has(Address) && row.Has(Device))
            row.Fail(DiagnosticCodes.ValueMissing, Device, "a measured tag needs 'address'");
        RegisterType type = ReadType(isPackedBit);
        int bit = ReadBit(isPackedBit, ref type);
        ByteOrder order = ReadOrder(device, type, isPackedBit);
        int address = row.Integer(Register), phaseMs = ReadPhase(periodMs, group);
        if (isWritable)
            CheckWritable(space, type);
        int registers = isPackedBit ? 1 : RegisterCodec.RegistersOf(type);
        if (address + registers > Addresses)
            row.Fail(DiagnosticCodes.AddressRange, Address, $"the value takes {registers} registers from {address}, which passes the last address {Addresses - 1}; correct the address");
        if (device is null || row.Failed)
            return type is RegisterType.Bool or RegisterType.Bit;
        if (!isPackedBit && device.Definition is ModbusDevice modbus && registers > modbus.MaxRegisters)
            row.Fail(DiagnosticCodes.AddressRange, RawType, $"the value takes {registers} registers, but device '{device.Definition.Name}' answers at most {modbus.MaxRegisters} at once; raise 'maxRegisters' or choose a shorter type");
        device.Points.Add(new ModbusPoint
        {
            Tag = tag.Index,
            Space = space,
            Address = (ushort)address,
            Type = type,
            Order = order,
            Bit = bit,
            PollPeriodMs = periodMs,
            PhaseMs = phaseMs,
        });
        Occupy(device.Definition.Index, space, new Occupied(address, registers, MaskOf(type, bit), row.Row));
        return type is RegisterType.Bool or RegisterType.Bit;
    }

    /// <summary>Reports values of one device that share registers, and addresses that look counted from 1.</summary>
    public void CheckOverlaps()
    {
        foreach (var ((device, space), items) in _occupied)
        {
            CheckOneBased(device, space, items);
            items.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Row.CompareTo(b.Row));
            int reach = 0;
            for (int i = 1; i < items.Count; i++)
            {
                if (items[i - 1].End > items[reach].End)
                    reach = i - 1;
                if (items[reach].Start != items[i].Start && items[i].Start < items[reach].End)
                    Compare(items[reach], items[i]);
                for (int j = i - 1; j >= 0 && i - j <= MostCompared && items[j].Start == items[i].Start; j--)
                    Compare(items[j], items[i]);
            }
        }
    }

    private DeviceDraft? FindDevice()
    {
        string name = row.Text(Device);
        if (_gateway.DeviceByName.TryGetValue(name, out DeviceDraft? device))
            return device;
        if (isGatewayKnown && name.Length > 0)
            row.Fail(DiagnosticCodes.UnknownDevice, Device, $"device '{FieldReader.Short(name)}' is not defined{row.Bag.Suggest(name, _gateway.DeviceByName.Keys)}");
        return null;
    }

    private RegisterType ReadType(bool isPackedBit)
    {
        int choice = row.Choice(RawType);
        if (isPackedBit)
        {
            if (choice > 0)
                row.Fail(DiagnosticCodes.TypeInSpace, RawType, $"a {row.Text(Space)} holds a single bit, so its type is bool, not {Types[choice]}; correct the type or the space");
            return RegisterType.Bool;
        }
        if (!row.Has(RawType) && row.Has(Device))
            row.Fail(DiagnosticCodes.ValueMissing, Device, "a measured tag in a register needs 'type'");
        // The names leave out Bit, which stands second.
        return choice <= 0 ? RegisterType.Bool : (RegisterType)(choice + 1);
    }

    private int ReadBit(bool isPackedBit, ref RegisterType type)
    {
        if (!row.Has(Bit))
            return -1;
        int bit = row.Integer(Bit);
        if (isPackedBit || type != RegisterType.Bool)
        {
            row.Fail(DiagnosticCodes.BitNumber, Bit, "'bit' picks one bit of a register, so it needs type bool in space holding or input; leave the cell empty or correct the type");
            return -1;
        }
        type = RegisterType.Bit;
        return bit;
    }

    private ByteOrder ReadOrder(DeviceDraft? device, RegisterType type, bool isPackedBit)
    {
        bool isOwn = row.Has(Order);
        string text = isOwn ? row.Text(Order) : device?.Order ?? "ABCD";
        bool valid = ByteOrder.TryParse(text, out ByteOrder order);
        if (!isOwn)
            return valid && order.Fits(2 * RegisterCodec.RegistersOf(type)) ? order : ByteOrder.Abcd;
        if (!valid)
            row.Fail(DiagnosticCodes.ByteOrderText, Order, $"'{FieldReader.Short(text)}' is no order of bytes; {OrderText.Known}");
        else if (isPackedBit || !order.Fits(2 * RegisterCodec.RegistersOf(type)))
            row.Fail(DiagnosticCodes.ByteOrderText, Order, $"order '{text}' does not fit a value of type {(isPackedBit ? "bool" : Types[Math.Max(0, row.Choice(RawType))])}; leave the cell empty or correct it");
        return order;
    }

    private int ReadPhase(int periodMs, int group)
    {
        if (!row.Has(Phase))
            return _gateway.Rates.PhaseMs(group);
        int phaseMs = row.Integer(Phase);
        if (phaseMs >= periodMs && !row.Failed)
            row.Fail(DiagnosticCodes.PhaseTooLong, Phase, $"the phase of {phaseMs} ms is not below the period of {periodMs} ms; lower it");
        return phaseMs;
    }

    private void CheckWritable(DataSpace space, RegisterType type)
    {
        if (space is DataSpace.DiscreteInputs or DataSpace.InputRegisters)
            row.Fail(DiagnosticCodes.NotWritable, Access, $"space '{row.Text(Space)}' cannot be written; use access R, or space coil or holding");
        else if (type is RegisterType.Bit or RegisterType.Int8 or RegisterType.UInt8 or RegisterType.Int8High or RegisterType.UInt8High)
            row.Fail(DiagnosticCodes.NotWritable, Access, "a part of a register cannot be written without its neighbors; use access R, a coil or a whole register");
    }

    private void Occupy(int device, DataSpace space, Occupied item)
    {
        if (!_occupied.TryGetValue((device, space), out List<Occupied>? items))
            _occupied.Add((device, space), items = []);
        items.Add(item);
    }

    private void Compare(Occupied first, Occupied second)
    {
        if ((first.Mask & second.Mask) == 0)
            return;
        bool same = first.Start == second.Start && first.Length == second.Length;
        // The later row of the file is the one to mend, whatever its address.
        (Occupied earlier, Occupied later) = first.Row < second.Row ? (first, second) : (second, first);
        Location at = row.At(later.Row, Address), other = row.At(earlier.Row, Address);
        if (same && first.Mask == second.Mask)
            row.Bag.Report(DiagnosticCodes.SamePoint, at, $"the tag reads the same address as that in line {other.Line}; one of the addresses may be mistyped");
        else if (!same)
            row.Bag.Report(DiagnosticCodes.Overlap, at, $"the value takes {Span(later)}, the one in line {other.Line} {Span(earlier)}, so they overlap; correct an address or a type");
    }

    private static string Span(Occupied item) => item.Length == 1 ? $"address {item.Start}" : $"addresses {item.Start} to {item.End - 1}";

    /// <summary>References such as 40001 count from 1 and name the space in the first digit; the wire counts from 0.</summary>
    private void CheckOneBased(int device, DataSpace space, List<Occupied> items)
    {
        int first = space switch { DataSpace.HoldingRegisters => 40_001, DataSpace.InputRegisters => 30_001, DataSpace.DiscreteInputs => 10_001, _ => int.MaxValue };
        foreach (Occupied item in items)
            if (item.Start < first || item.Start >= first + 9_999)
                return;
        row.Bag.Report(DiagnosticCodes.OneBasedAddress, row.At(items[0].Row, Address),
            $"all addresses of device '{_gateway.Devices[device].Definition.Name}' in this space lie above {first}, which looks like references counted from 1; addresses here are those on the wire, so {items[0].Start} would be {items[0].Start - first}");
    }

    private static int MaskOf(RegisterType type, int bit) => type switch
    {
        RegisterType.Bit => 1 << bit,
        RegisterType.Int8 or RegisterType.UInt8 => 0x00FF,
        RegisterType.Int8High or RegisterType.UInt8High => 0xFF00,
        _ => 0xFFFF,
    };
}
