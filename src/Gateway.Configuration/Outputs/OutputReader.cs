using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Site;
using Gateway.Configuration.Tags;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Modbus.Registers;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Tags;
using static Gateway.Configuration.Outputs.OutputShape;

namespace Gateway.Configuration.Outputs;

/// <summary>Reads the rows of outputs.csv and ties each output to the point of its tag. Used by one thread.</summary>
internal sealed class OutputReader
{
    private readonly TableReader _row;
    private readonly TagSet _tags;
    private readonly Dictionary<int, (DeviceDraft Device, int Place)> _points = [];
    private readonly List<OutputDefinition> _outputs = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _written = [];

    private OutputReader(TableReader row, TagSet tags, GatewayDocument gateway)
    {
        _row = row;
        _tags = tags;
        foreach (DeviceDraft device in gateway.Devices)
            for (int i = 0; i < device.Points.Count; i++)
                _points[device.Points[i].Tag] = (device, i);
    }

    /// <summary>The outputs of the table; the points in <paramref name="gateway"/> learn the index of theirs.</summary>
    public static List<OutputDefinition> Read(TableReader row, TagSet tags, GatewayDocument gateway)
    {
        if (!row.Usable)
            return [];
        var reader = new OutputReader(row, tags, gateway);
        for (int i = 0; i < row.RowCount; i++)
        {
            row.MoveTo(i);
            reader.ReadRow();
        }
        return reader._outputs;
    }

    private void ReadRow()
    {
        _row.CheckRequired();
        int tag = _tags.Resolve(_row, OutputShape.Tag, DiagnosticCodes.OutputTag);
        string name = _row.Has(Output) ? _row.Text(Output) : _row.Text(OutputShape.Tag);
        var output = new OutputDefinition
        {
            Index = _outputs.Count,
            Name = name,
            Tag = tag,
            Low = _row.Number(Low),
            High = _row.Number(High),
            FailSafe = _row.Number(FailSafe),
            Armed = _row.Boolean(Armed),
            OpcUaWrite = _row.Boolean(OpcUaWrite),
            ExpiryMs = _row.Integer(Expiry),
        };
        _row.Boolean(Example);
        if (name.Length > 0 && !_names.TryAdd(name, _row.Row))
            _row.Fail(DiagnosticCodes.DuplicateOutput, _row.Has(Output) ? Output : OutputShape.Tag, $"output '{name}' is there already, in line {_row.At(_names[name], OutputShape.Tag).Line}; rename or remove one");
        else if (tag >= 0 && !_written.TryAdd(tag, _row.Row))
            _row.Fail(DiagnosticCodes.DuplicateOutput, OutputShape.Tag, $"the output in line {_row.At(_written[tag], OutputShape.Tag).Line} writes tag '{_tags.Definitions[tag].Name}' already; remove one");
        if (tag >= 0 && !_tags.Details[tag].IsWritable)
            _row.Fail(DiagnosticCodes.OutputNotWritable, OutputShape.Tag, $"tag '{_tags.Definitions[tag].Name}' has access R; give it access RW in tags.csv, or remove the output");
        if (tag < 0)
            return;
        if (!_row.Failed)
            CheckLimits(output, _tags.Definitions[tag]);
        if (_row.Failed || !_points.TryGetValue(tag, out (DeviceDraft Device, int Place) point))
            return;
        PointDefinition definition = point.Device.Points[point.Place];
        if (definition is ModbusPoint modbus)
            CheckEncoding(output, modbus);
        point.Device.Points[point.Place] = definition with { Output = output.Index };
        _outputs.Add(output);
    }

    private void CheckLimits(OutputDefinition output, TagDefinition tag)
    {
        if (output.Low >= output.High)
            _row.Fail(DiagnosticCodes.OutputLimits, High, $"'high' ({FieldText.Text(output.High)}) is not above 'low' ({FieldText.Text(output.Low)})");
        else if (output.FailSafe < output.Low || output.FailSafe > output.High)
            _row.Fail(DiagnosticCodes.OutputLimits, FailSafe, $"the fail-safe value {FieldText.Text(output.FailSafe)} lies outside the limits {FieldText.Text(output.Low)} to {FieldText.Text(output.High)}; correct one");
        else if (output.Low < tag.RangeLow || output.High > tag.RangeHigh)
            _row.Fail(DiagnosticCodes.OutputRange, output.Low < tag.RangeLow ? Low : High, $"the limits {FieldText.Text(output.Low)} to {FieldText.Text(output.High)} pass the range {FieldText.Text(tag.RangeLow)} to {FieldText.Text(tag.RangeHigh)} of tag '{tag.Name}'; correct one");
        else if (!tag.Scaling.TryToRaw(output.Low, out _) || !tag.Scaling.TryToRaw(output.High, out _))
            _row.Fail(DiagnosticCodes.OutputScaling, OutputShape.Tag, $"the scaling of tag '{tag.Name}' cannot be turned around at {FieldText.Text(output.Low)} or {FieldText.Text(output.High)}, so these values have no raw value; correct the scaling or the limits");
    }

    /// <summary>The limits must fit the register, or the write would be refused in the plant.</summary>
    private void CheckEncoding(OutputDefinition output, ModbusPoint point)
    {
        Span<byte> image = stackalloc byte[8];
        foreach (Field field in (Field[])[Low, High])
        {
            _tags.Definitions[output.Tag].Scaling.TryToRaw(field == Low ? output.Low : output.High, out double raw);
            bool fits = point.Space == Modbus.Protocol.DataSpace.Coils
                ? raw is 0 or 1
                : RegisterCodec.ForRegisters(point.Type, point.Order, 0).TryEncode(raw, image) == RegisterStatus.Ok;
            if (!fits)
                _row.Fail(DiagnosticCodes.OutputEncoding, field, $"the raw value {FieldText.Text(raw)} of '{field.Name}' does not fit the tag's type; correct the limit or the type");
        }
    }
}
