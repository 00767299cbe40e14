using Gateway.Configuration.Fields;

namespace Gateway.Configuration.Alarms;

/// <summary>The columns of suppression.csv.</summary>
internal static class SuppressionShape
{
    public static readonly Field Tag = Field.Text("tag", "State of the plant: suppresses while it is good and not 0.", required: true, example: "STORM");
    public static readonly Field Alarm = Field.Text("alarm", "Alarm that is suppressed; a * at the end stands for any rest of the name.", required: true, example: "BL1_*");
    public static readonly Field Hold = Field.Number("holdS", "How long the suppression goes on after the state has ended, in s.", 0, 86_400, "0", example: "120");
    public static readonly Field Reason = Field.Text("reason", "What the event of the suppression says.", required: true, example: "storm: the inlet flow is above 2 × dry weather");

    public static readonly Shape Columns = new("suppression.csv", "Which alarms say nothing new in which state of the plant: storm, start-up, cleaning.", [Tag, Alarm, Hold, Reason]);
}
