using Gateway.Configuration.Fields;

namespace Gateway.Configuration.Tags;

/// <summary>The columns of tags.csv.</summary>
internal static class TagShape
{
    /// <summary>In the order of <see cref="Modbus.Protocol.DataSpace"/>, from coils on.</summary>
    public static readonly string[] Spaces = ["coil", "discreteInput", "holding", "input"];

    /// <summary>In the order of <see cref="Modbus.Registers.RegisterType"/>, without the bit (a bool with a bit number) and text (which has no number).</summary>
    public static readonly string[] Types =
    [
        "bool", "int8", "uint8", "int8High", "uint8High", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64",
        "bcd16", "bcd32", "mod10k16", "mod10k32", "mod10k48", "mod10k64",
    ];

    public static readonly Field Tag = Field.Text("tag", "Unique name, as expressions use it: letters, digits, '_' and '.', not beginning with a digit.", required: true, example: "EFF_AIT_603");
    public static readonly Field Description = Field.Text("description", "What it is, for people.", example: "effluent ammonium N");
    public static readonly Field Area = Field.Text("area", "Area of the plant.", example: "effluent");
    public static readonly Field UnitOf = Field.Text("unit", "Engineering unit, for example mg/L or m3/h; '-' or empty for none.", example: "mg/L");
    public static readonly Field Device = Field.Text("device", "Device that the value is read from; empty for a calculated tag.", example: "plc-effluent");
    public static readonly Field Space = Field.Choice("space", Spaces, "holding", "Address space in the device.");
    public static readonly Field Address = Field.Text("address", "Modbus: address in the space from 0 to 65535, counted from 0 as on the wire. OPC UA: the node, its namespace best by URI.", example: "144");
    public static readonly Field RawType = Field.Choice("type", Types, "", "Type of the value; needed for tags in registers (coils and discrete inputs are bool). A node of an OPC UA server has its own type; here bool says that its value is 0 or 1.", example: "float32");
    public static readonly Field Order = Field.Text("order", "Order of bytes, where it differs from the device's.", example: "CDAB");
    public static readonly Field Bit = Field.Integer("bit", 0, 15, "", "For a bool in a register: the bit, 0 the lowest; without it any value but 0 is true.", example: "2");
    public static readonly Field Rate = Field.Text("rate", "Name of a rate group, or a period in ms.", "1000", example: "slow");
    public static readonly Field Phase = Field.Integer("phaseMs", 0, 86_400_000, "", "Offset of the polls on the grid of the period; without it the rate group's.");
    public static readonly Field Conversion = Field.Choice("scaling", ["none", "linear", "sqrt", "table"], "none", "How raw values become engineering units.");
    public static readonly Field RawLow = Field.Number("rawLow", "Raw value at 'low'; for linear and sqrt.", example: "0");
    public static readonly Field RawHigh = Field.Number("rawHigh", "Raw value at 'high'; for linear and sqrt.", example: "27648");
    public static readonly Field Low = Field.Number("low", "Value in units at 'rawLow'.", example: "0");
    public static readonly Field High = Field.Number("high", "Value in units at 'rawHigh'.", example: "50");
    public static readonly Field Table = Field.Text("table", "Points raw:value of a table, separated by blanks, raw values rising.", example: "0:0 500:12.5 1000:40");
    public static readonly Field RangeLow = Field.Number("rangeLow", "Low end of the measuring range in units.", example: "0");
    public static readonly Field RangeHigh = Field.Number("rangeHigh", "High end of the measuring range in units.", example: "20");
    public static readonly Field OutOfRange = Field.Choice("outOfRange", ["none", "bad", "uncertain", "clamp"], "uncertain", "What a value outside the range is: not checked, bad, uncertain, or clamped and uncertain.");
    public static readonly Field MaxRate = Field.Number("maxRate", "Largest plausible change in units per second; a faster one is uncertain.", 0, above: true, example: "0.5");
    public static readonly Field StuckSeconds = Field.Number("stuckSeconds", "A value that moves less than 'stuckBand' for so long is uncertain; 0 for no check.", 0, 31_536_000, "0", example: "3600");
    public static readonly Field StuckBand = Field.Number("stuckBand", "Movement in units that counts as alive; 0 means any change.", 0, standard: "0", example: "0.01");
    public static readonly Field Deadband = Field.Number("deadband", "Smallest change in units that is stored in the history; 0 stores each change.", 0, standard: "0", example: "0.05");
    public static readonly Field SourceDeadband = Field.Text("sourceDeadband", "OPC UA: smallest change that the server reports, in the value's unit, or with % as a share of its range; none reports every change.", example: "0.5%");
    public static readonly Field Archive = Field.Choice("history", ["deadband", "swingingDoor", "off"], "deadband", "What the history keeps: changes of at least the deadband; the corners of a line that no value is further from than the deadband; nothing.");
    public static readonly Field Export = Field.Boolean("export", true, "Show the value as a metric.");
    public static readonly Field Access = Field.Choice("access", ["R", "RW"], "R", "R read only; RW may be written when outputs.csv allows it.");
    public static readonly Field ExpressionText = Field.Text("expression", "Calculation of a tag without a device.", example: "EFF_FIT_601 * EFF_AIT_603");
    public static readonly Field Figure = Field.Text("figure", "Figure of a permit window that the tag shows, instead of a device or an expression: permit/parameter/statistic/figure.", example: "outfall-1/NH3-N/dailyMean/remainingAverage");
    public static readonly Field Example = Field.Boolean("example", false, "True when figures of the row are assumed and must be replaced by the site's.");
    public static readonly Field Remarks = Field.Text("remarks", "Notes; not read.");

    public static readonly Shape Columns = new("tags.csv", "One row for each value measured or calculated.",
    [
        Tag, Description, Area, UnitOf, Device, Space, Address, RawType, Order, Bit, Rate, Phase, Conversion, RawLow, RawHigh, Low, High, Table,
        RangeLow, RangeHigh, OutOfRange, MaxRate, StuckSeconds, StuckBand, Deadband, SourceDeadband, Archive, Export, Access, ExpressionText, Figure, Example, Remarks,
    ]);

    /// <summary>The same column read as what it is for a Modbus device.</summary>
    public static readonly Field Register = Field.Integer("address", 0, 65_535, "", "Address in the space, counted from 0 as on the wire.").At(Address);
}
