using System.Globalization;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Site;
using Gateway.Drivers.OpcUa;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Tags;
using static Gateway.Configuration.Tags.TagShape;

namespace Gateway.Configuration.Tags;

/// <summary>Reads the address columns of tags.csv for devices of OPC UA lines. Used by one thread.</summary>
internal sealed class NodeReader(TableReader row)
{
    private const int BoolType = 0;

    private readonly Dictionary<(int Device, ExpandedNodeId Node), int> _rowOf = [];

    /// <summary>Reads the node of the present row and adds it to its device.</summary>
    /// <returns>True when the value is 0 or 1.</returns>
    public bool Read(TagDefinition tag, DeviceDraft device, int periodMs)
    {
        foreach (Field field in (Field[])[Space, Order, Bit, Phase])
            if (row.Has(field))
                row.Fail(DiagnosticCodes.UselessColumn, field, $"'{field.Name}' has no effect for a node of an OPC UA server; leave the cell empty");
        bool isBool = row.Has(RawType) && row.Choice(RawType) == BoolType;
        string text = row.Text(Address);
        if (!ExpandedNodeId.TryParse(text, out ExpandedNodeId node))
            row.Fail(DiagnosticCodes.NodeIdText, row.Has(Address) ? Address : Device, text.Length == 0
                ? "a tag of an OPC UA server needs its node in 'address'"
                : $"'{FieldReader.Short(text)}' is no node id; write it like nsu=urn:plant;s=Lane1.NH4, ns=2;s=Lane1.NH4 or i=2258");
        (double deadband, bool isPercent) = ReadDeadband();
        if (row.Failed)
            return isBool;
        if (!_rowOf.TryAdd((device.Definition.Index, node), row.Row))
            row.Fail(DiagnosticCodes.SamePoint, Address, $"the tag reads the same node as that in line {row.At(_rowOf[(device.Definition.Index, node)], Address).Line}; one of them may be mistyped");
        device.Points.Add(new OpcUaPoint { Tag = tag.Index, Node = node, Deadband = deadband, IsDeadbandPercent = isPercent, PollPeriodMs = periodMs });
        return isBool;
    }

    private (double Value, bool IsPercent) ReadDeadband()
    {
        string text = row.Text(SourceDeadband);
        if (text.Length == 0)
            return (0, false);
        bool isPercent = text.EndsWith('%');
        bool isNumber = double.TryParse(isPercent ? text.AsSpan(0, text.Length - 1) : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
        if (isNumber && double.IsFinite(value) && value >= 0 && (!isPercent || value <= 100))
            return (value, isPercent);
        row.Fail(DiagnosticCodes.SourceDeadband, SourceDeadband, $"'{FieldReader.Short(text)}' is no deadband; write a number in the value's unit such as 0.05, or a share of its range such as 0.5%");
        return (0, false);
    }
}
