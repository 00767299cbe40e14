using Gateway.Configuration.Fields;

namespace Gateway.Configuration.Outputs;

/// <summary>The columns of outputs.csv.</summary>
internal static class OutputShape
{
    public static readonly Field Output = Field.Named("output", "Unique name of the output; without it that of its tag.", example: "CHM_SP_501");
    public static readonly Field Tag = Field.Text("tag", "Tag with access RW that is written and read back.", required: true, example: "CHM_SP_501");
    public static readonly Field Low = Field.Number("low", "Lowest value that may be written, in the tag's unit.", required: true, example: "0");
    public static readonly Field High = Field.Number("high", "Highest value that may be written, in the tag's unit.", required: true, example: "3000");
    public static readonly Field FailSafe = Field.Number("failSafe", "Value driven when the gateway stops or fails; without it the device is left alone.", example: "0");
    public static readonly Field Expiry = Field.Integer("expiryMs", 100, 60_000, "2000", "Age at which a write that was not sent is dropped and reported.");
    public static readonly Field Armed = Field.Boolean("armed", false, "Writes are refused until an output is armed.");
    public static readonly Field OpcUaWrite = Field.Boolean("opcuaWrite", false, "Users of the OPC UA server may write it, too, when they have the right and it is armed.");
    public static readonly Field Example = Field.Boolean("example", false, "True when figures of the row are assumed and must be replaced by the site's.");
    public static readonly Field Remarks = Field.Text("remarks", "Notes; not read.");

    public static readonly Shape Columns = new("outputs.csv", "One row for each point that may be written.",
        [Output, Tag, Low, High, FailSafe, Expiry, Armed, OpcUaWrite, Example, Remarks]);
}
