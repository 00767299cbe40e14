using Gateway.Configuration.Fields;
using Gateway.Runtime.Compliance;

namespace Gateway.Configuration.Compliance;

/// <summary>The keys of compliance.json.</summary>
internal static class ComplianceShapes
{
    /// <summary>In the order of <see cref="Statistic"/>.</summary>
    public static readonly string[] StatisticNames = [.. Enum.GetValues<Statistic>().Select(ComplianceNames.Of)];

    public static readonly string[] WaterBodies = ["river", "lakeOrReservoir"];

    public static readonly Field Parameter = Field.Text("parameter", "Parameter as the standard names it.", required: true, example: "NH3-N");
    public static readonly Field ValueTag = Field.Text("valueTag", "Tag with the value, in the unit of the limit.", required: true, example: "EFF_AIT_603");
    public static readonly Field Statistics = Field.ChoiceList("statistics", StatisticNames, "dailyMean", "What is compared with the limit. A statistic that the standard does not list is judged by the daily limit, as a guide.");
    public static readonly Field ParameterFlowTag = Field.Text("flowTag", "Flow that weights this parameter, where it differs from the permit's.");
    public static readonly Field ParameterTemperatureTag = Field.Text("temperatureTag", "Water temperature for this parameter, where it differs from the permit's.");
    public static readonly Field FlowWeighted = Field.Boolean("flowWeighted", true, "Weight means with the flow; a pH is never weighted.");
    public static readonly Field Limit = Field.Number("limit", "Upper limit of the permit, where it differs from the standard's.", example: "1.5");
    public static readonly Field LimitLow = Field.Number("limitLow", "Lower limit of the permit, where it differs from the standard's.");
    public static readonly Field ColdLimit = Field.Number("coldLimit", "Upper limit in cold water, where it differs from the standard's.");
    public static readonly Field ColdThreshold = Field.Number("coldThreshold", "Temperature in degC up to which the cold limit holds, where it differs from the standard's.", -5, 40);
    public static readonly Field Clause = Field.Text("clause", "Where a limit of the permit's own stands; needed with one.", example: "permit 2024-17, condition 3");
    public static readonly Field WarningRatio = Field.Number("warningRatio", "Part of the limit from which the state is a warning.", 0, 1, "0.8");
    public static readonly Field MinCoverage = Field.Number("minCoverage", "Part of the due values that must be valid.", 0, 1, "0.75", above: true);
    public static readonly Field AcceptUncertain = Field.Boolean("acceptUncertain", false, "Count values of uncertain quality as valid.");

    public static readonly Shape ParameterShape = new("parameters[]", "One parameter of a permit.",
    [
        Parameter, ValueTag, Statistics, ParameterFlowTag, ParameterTemperatureTag, FlowWeighted, Limit, LimitLow, ColdLimit, ColdThreshold, Clause,
        WarningRatio, MinCoverage, AcceptUncertain,
    ]);

    public static readonly Field Id = Field.Named("id", "Unique name of the permit, used in metrics and reports.", required: true, example: "outfall-1");
    public static readonly Field StandardFile = Field.Text("standard", "File of the standard, relative to the site folder.", required: true, example: "../standards/gb-18918-2002.json");
    public static readonly Field Class = Field.Text("class", "Class within the standard.", required: true, example: "1A");
    public static readonly Field BuildDate = Field.Date("buildDate", "Date of the approval of the works; chooses between rows for old and new works.", example: "2008-06-01");
    public static readonly Field AsOf = Field.Date("asOf", "Day whose rules apply; without it those without an end.", example: "2026-03-01");
    public static readonly Field WaterBody = Field.Choice("waterBody", WaterBodies, "", "Kind of receiving water, for standards that tell them apart.");
    public static readonly Field FlowTag = Field.Text("flowTag", "Tag with the effluent flow; weights means and tells discharge from none.", example: "EFF_FIT_601");
    public static readonly Field ZeroFlow = Field.Number("zeroFlow", "Flow at or below this is no discharge, in the unit of the flow tag.", 0, standard: "0");
    public static readonly Field TemperatureTag = Field.Text("temperatureTag", "Tag with the effluent temperature in degC; needed by limits that depend on it.", example: "EFF_TIT_608");
    public static readonly Field Parameters = Field.Objects("parameters", ParameterShape, "The parameters judged.", required: true);

    public static readonly Shape Permit = new("permits[]", "One permit of one outfall.",
        [Id, StandardFile, Class, BuildDate, AsOf, WaterBody, FlowTag, ZeroFlow, TemperatureTag, Parameters]);

    public static readonly Field SchemaKey = Field.Text("$schema", "Reference to the schema, for editors.");
    public static readonly Field Permits = Field.Objects("permits", Permit, "The permits judged.", required: true);

    public static readonly Shape Root = new("compliance.json", "Permits whose limits are judged.", [SchemaKey, Permits]);
}
