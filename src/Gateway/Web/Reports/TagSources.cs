using System.Globalization;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Drivers.OpcUa;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Web.Messages;

namespace Gateway.Web.Reports;

/// <summary>Which point of which device feeds each tag, and which output writes it. Built at start; any thread.</summary>
internal sealed class TagSources
{
    private readonly (LineDefinition Line, DeviceDefinition Device, PointDefinition Point)[] _sources;
    private readonly int[] _outputs;

    public TagSources(GatewayContext context)
    {
        int count = context.Scan.Plant.Tags.Length;
        _sources = new (LineDefinition, DeviceDefinition, PointDefinition)[count];
        _outputs = new int[count];
        Array.Fill(_outputs, -1);
        foreach (LineDefinition line in context.Site.Lines)
            foreach (DeviceDefinition device in line.Devices)
                foreach (PointDefinition point in device.Points)
                    _sources[point.Tag] = (line, device, point);
        foreach (var output in context.Scan.Plant.Outputs)
            _outputs[output.Tag] = output.Index;
    }

    /// <summary>Null for a tag that no device feeds.</summary>
    public TagSourceMessage? this[int tag] => _sources[tag] is { Point: not null } source ? Describe(source.Line, source.Device, source.Point) : null;

    /// <summary>Index of the output that writes the tag's point; -1 for none.</summary>
    public int OutputOf(int tag) => _outputs[tag];

    private static TagSourceMessage Describe(LineDefinition line, DeviceDefinition device, PointDefinition point)
    {
        var message = new TagSourceMessage { Line = line.Name, Device = device.Name, PollPeriodMs = point.PollPeriodMs };
        return point is ModbusPoint modbus ? Describe(message, (ModbusDevice)device, modbus) : message with { Node = ((OpcUaPoint)point).Node.ToString() };
    }

    private static TagSourceMessage Describe(TagSourceMessage message, ModbusDevice device, ModbusPoint point) => message with
    {
        Unit = device.Unit,
        Space = SpaceName(point.Space),
        Address = point.Address,
        Reference = ReferenceOf(point),
        Type = point.Type.ToString().ToLowerInvariant(),
        Order = WidthOf(point.Type) is var bytes and > 0 ? point.Order.ToString(bytes) : null,
        Bit = point.Bit < 0 ? null : point.Bit,
    };

    /// <summary>Bytes of a value that has an order.</summary>
    private static int WidthOf(RegisterType type) => type switch
    {
        RegisterType.Int16 or RegisterType.UInt16 or RegisterType.Float16 or RegisterType.Bcd16 or RegisterType.Mod10K16 => 2,
        RegisterType.Int32 or RegisterType.UInt32 or RegisterType.Float32 or RegisterType.Bcd32 or RegisterType.Mod10K32 => 4,
        RegisterType.Mod10K48 => 6,
        RegisterType.Int64 or RegisterType.UInt64 or RegisterType.Float64 or RegisterType.Mod10K64 => 8,
        _ => 0,
    };

    private static string SpaceName(DataSpace space) => space switch
    {
        DataSpace.Coils => "coils",
        DataSpace.DiscreteInputs => "discreteInputs",
        DataSpace.HoldingRegisters => "holdingRegisters",
        DataSpace.InputRegisters => "inputRegisters",
        _ => "",
    };

    /// <summary>The number with the leading digit of its space, counted from 1; six digits above 9,999.</summary>
    private static string ReferenceOf(ModbusPoint point)
    {
        string digit = point.Space switch
        {
            DataSpace.Coils => "0",
            DataSpace.DiscreteInputs => "1",
            DataSpace.InputRegisters => "3",
            _ => "4",
        };
        int number = point.Address + 1;
        return digit + number.ToString(number > 9999 ? "D5" : "D4", CultureInfo.InvariantCulture);
    }
}
