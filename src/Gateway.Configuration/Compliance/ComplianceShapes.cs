using Gateway.Configuration.Fields;
using Gateway.Runtime.Compliance;

namespace Gateway.Configuration.Compliance;

/// <summary>The keys of compliance.json.</summary>
internal static class ComplianceShapes
{
    /// <summary>In the order of <see cref="Statistic"/>.</summary>
    public static readonly string[] StatisticNames = [.. Enum.GetValues<Statistic>().Select(ComplianceNames.Of)];

    public static readonly string[] WaterBodies = ["river", "lakeOrReservoir"];

    /// <summary>In the order of <see cref="ZeroRule"/>.</summary>
    public static readonly string[] ZeroRules = ["one", "ignore", "addOne"];

    /// <summary>In the order of <see cref="DetectionRule"/>.</summary>
    public static readonly string[] BelowDetectionRules = ["zero", "half", "level"];

    /// <summary>In the order of <see cref="DayOfWeek"/>.</summary>
    public static readonly string[] Weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    public static readonly Field Parameter = Field.Text("parameter", "Parameter as the standard names it.", required: true, example: "NH3-N");
    public static readonly Field ValueTag = Field.Text("valueTag", "Tag with the value, in the unit of the limit; the name of the parameter when absent.", example: "EFF_AIT_603");
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

    public static readonly Field LimitUnit = Field.Text("unit", "Unit of a limit of the permit's own, where the standard has none for the statistic.", example: "kg/d");
    public static readonly Field InfluentTag = Field.Text("influentTag", "Tag with the influent value; needed by removals, and by limits that a removal may replace.", example: "IN_AIT_105");
    public static readonly Field InfluentFlowTag = Field.Text("influentFlowTag", "Flow that weights the influent; means over time without it.");
    public static readonly Field MinReadings = Field.Integer("minReadings", 0, 100_000, "0", "Days or readings a period longer than a day needs, where the permit counts samples; 0 for minCoverage.", example: "4");
    public static readonly Field RoundTo = Field.Integer("roundTo", 0, 9, "", "Decimals to which the statistic is rounded once, half to even, before it is compared and shown; absent: compared unrounded.");
    public static readonly Field ParameterPercent = Field.Number("percent", "Which percentile, where it differs from the standard's.", 0, 100, above: true);
    public static readonly Field ParameterReadingHours = Field.Integer("readingHours", 1, 24, "", "Hours of a reading of a percentile, where they differ from the standard's; they divide 24.");
    public static readonly Field Zero = Field.Choice("zeroInGeometricMean", ZeroRules, "one", "How a zero enters a geometric mean: as 1, left out, or by adding 1 to all values.");
    public static readonly Field BelowDetection = Field.Choice("belowDetection", BelowDetectionRules, "zero", "How a sample written with '<' counts: as 0, as half of the number or as the number.");
    public static readonly Field OwnCap = Field.Number("cap", "Largest single sample, or longest excursion in min, where it differs from the standard's.", 0, above: true);
    public static readonly Field OwnMinRemoval = Field.Number("minRemoval", "Removal in % that complies as an alternative, where it differs from the standard's.", 0, 100);

    public static readonly Shape ParameterShape = new("parameters[]", "One parameter of a permit.",
    [
        Parameter, ValueTag, Statistics, ParameterFlowTag, ParameterTemperatureTag, FlowWeighted, Limit, LimitLow, ColdLimit, ColdThreshold, Clause,
        LimitUnit, WarningRatio, MinCoverage, MinReadings, AcceptUncertain, RoundTo, InfluentTag, InfluentFlowTag, ParameterPercent, ParameterReadingHours, OwnCap, OwnMinRemoval,
        Zero, BelowDetection,
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
    public static readonly Field WeekStart = Field.Choice("weekStart", Weekdays, "monday", "First day of the permit's week.");
    public static readonly Field Parameters = Field.Objects("parameters", ParameterShape, "The parameters judged.", required: true);

    public static readonly Shape Permit = new("permits[]", "One permit of one outfall.",
        [Id, StandardFile, Class, BuildDate, AsOf, WaterBody, FlowTag, ZeroFlow, TemperatureTag, WeekStart, Parameters]);

    public static readonly Field SchemaKey = Field.Text("$schema", "Reference to the schema, for editors.");
    public static readonly Field TimeZone = Field.Text("timeZone", "Civil time of the permits, IANA name or fixed offset, for `gateway evaluate`; a site has its own in gateway.json.", example: "Asia/Shanghai");
    public static readonly Field Permits = Field.Objects("permits", Permit, "The permits judged.", required: true);

    public static readonly Shape Root = new("compliance.json", "Permits whose limits are judged.", [SchemaKey, TimeZone, Permits]);
}
