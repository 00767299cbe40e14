using Gateway.Configuration.Fields;

namespace Gateway.Configuration.Compliance;

/// <summary>The keys of a standard, one of the files of config/standards.</summary>
internal static class StandardShapes
{
    /// <summary>How well a text or value is known, best first.</summary>
    public static readonly string[] Confidences = ["read", "secondHand", "memory", "proposal", "gap"];

    public static readonly string[] Averagings = ["flowWeighted", "hydrogenIon"];

    public static readonly Field ClassId = Field.Text("id", "Name that permits use.", required: true, example: "1A");
    public static readonly Shape ClassShape = new("standard classes[]", "One class of the standard.",
    [
        ClassId, Field.Text("name", "The class in words."), Field.Text("use", "What the class is for."), Field.Text("clause", "Clause that defines the class."),
        SourceOf("it"), ConfidenceOf("it"),
    ]);

    public static readonly Shape NoteShape = new("notes[]", "A rule that is not a number.",
    [
        Field.Text("clause", "Clause it explains."), Field.Text("text", "The rule in words.", required: true),
        SourceOf("the rule"), ConfidenceOf("the rule"),
    ]);

    public static readonly Field AllowedFrom = Field.Integer("from", 1, 1_000_000, "", "Smallest number of samples of this row.", required: true, example: "4");
    public static readonly Field AllowedTo = Field.Integer("to", 1, 1_000_000, "", "Largest number of samples of this row.", required: true, example: "7");
    public static readonly Field AllowedFailures = Field.Integer("failures", 0, 1_000_000, "", "Samples that may fail.", required: true, example: "1");
    public static readonly Shape AllowedShape = new("allowedFailures[]", "How many of the samples of a year may fail.", [AllowedFrom, AllowedTo, AllowedFailures]);

    public static readonly Shape ContactShape = new("contactTimes[]", "A concentration-time product that a disinfection needs. Data for people and later use.",
    [
        Field.Text("disinfectant", "Disinfectant.", required: true), Field.Text("organism", "Organism.", required: true),
        Field.Number("log", "Inactivation in powers of ten.", 0, required: true), Field.Number("temperature", "Water temperature in degC.", required: true),
        Field.Number("ct", "Needed product in mg*min/L.", 0, required: true), Field.Text("clause", "Clause."),
        ConfidenceOf("it"),
    ]);

    public static readonly Field Limit = Field.NullableNumber("limit", "Upper limit, equal complies; null where it is known to exist, but not its value.", example: "50");
    public static readonly Field LimitLow = Field.NullableNumber("limitLow", "Lower limit, equal complies; null where it is known to exist, but not its value.");
    public static readonly Field ColdLimit = Field.Number("coldLimit", "Upper limit in cold water.", example: "8");
    public static readonly Field ColdThreshold = Field.Number("coldThreshold", "Temperature in degC up to and including which the cold limit holds.", -5, 40, "12");
    public static readonly Field Cap = Field.Number("cap", "No single sample may be above, and no single excursion longer (min).", 0, above: true, example: "50");
    public static readonly Field MinRemoval = Field.Number("minRemoval", "Removal in % that complies as an alternative to the limit.", 0, 100);
    public static readonly Field BandLow = Field.Number("bandLow", "Lower end of the band an excursion leaves.");
    public static readonly Field BandHigh = Field.Number("bandHigh", "Upper end of the band an excursion leaves.");

    public static readonly Shape RemovalShape = new("removal", "Alternative for strong influent, as data.",
    [
        Field.Number("whenInfluentAbove", "Influent above which the removal counts, in the unit of the row.", 0, required: true),
        Field.Number("mustExceedPercent", "Removal in % that must be exceeded.", 0, 100, required: true), Field.Text("clause", "Clause."),
    ]);

    public static readonly Shape ValueShape = new("values{}", "The limit of one class.",
    [
        Limit, LimitLow, ColdLimit, ColdThreshold, Cap, MinRemoval, BandLow, BandHigh, Field.Text("text", "The limit in words where it is not a number."),
        Field.Object("removal", RemovalShape, "Alternative for strong influent. Data only."),
        Field.Number("orSaturationPercent", "Alternative for dissolved oxygen. Data only.", 0, 200),
    ]);

    public static readonly Field Item = Field.Text("item", "Number of the row in the standard.", example: "8");
    public static readonly Field Parameter = Field.Text("parameter", "Name that permits use.", required: true, example: "NH3-N");
    public static readonly Field Unit = Field.Text("unit", "Unit of the limit.", required: true, example: "mg/L");
    public static readonly Field RowStatistic = Field.Choice("statistic", ComplianceShapes.StatisticNames, "", "What is compared with the limit; absent where the standard leaves it to the permit.");
    public static readonly Field Averaging = Field.Choice("averaging", Averagings, "flowWeighted", "How means are formed; that of pH through the hydrogen-ion concentration.");
    public static readonly Field Percent = Field.Number("percent", "Which percentile, by nearest rank.", 0, 100, above: true, example: "95");
    public static readonly Field ReadingHours = Field.Integer("readingHours", 1, 24, "24", "Hours of one reading of a percentile: 1, 2, 3, 4, 6, 8, 12 or 24.");
    public static readonly Field BuiltFrom = Field.Date("builtFrom", "Only for works approved on this day or later.", example: "2006-01-01");
    public static readonly Field BuiltTo = Field.Date("builtTo", "Only for works approved on this day or earlier.");
    public static readonly Field EffectiveFrom = Field.Date("effectiveFrom", "First day in force; absent for unbounded or not known.", example: "2026-03-01");
    public static readonly Field EffectiveTo = Field.Date("effectiveTo", "Last day in force; absent for unbounded or not known.");
    public static readonly Field WaterBody = Field.Choice("waterBody", ComplianceShapes.WaterBodies, "", "Kind of receiving water; absent for all.");
    public static readonly Field Clause = Field.Text("clause", "Clause, table or annex where the row stands.", required: true, example: "table 1, item 8");
    public static readonly Field Source = SourceOf("the row");
    public static readonly Field Confidence = ConfidenceOf("the row");
    public static readonly Field Values = Field.Map("values", ValueShape, "Limits by class; `*` is every class. A class that is absent is not limited.", required: true);

    public static readonly Shape RowShape = new("limits[]", "One row of the standard.",
    [
        Field.Text("table", "Table of the standard."), Item, Parameter, Field.Text("name", "The parameter in words."), Unit, RowStatistic, Clause, Averaging, Percent, ReadingHours,
        BuiltFrom, BuiltTo, EffectiveFrom, EffectiveTo, WaterBody, Source, Confidence,
        Field.Text("note", "Words for people; no program reads them."), Values,
    ]);

    public static readonly Field Standard = Field.Text("standard", "Identifier, carried into every verdict.", required: true, example: "GB 18918-2002");
    public static readonly Field Revision = Field.Integer("revision", 1, 100_000, "", "Version of this file; part of the rule id stored with each verdict.", required: true, example: "1");
    public static readonly Field FileSource = Field.Text("source", "Document the rows were taken from, where they do not say otherwise.", required: true);
    public static readonly Field Classes = Field.Objects("classes", ClassShape, "Classes of the standard.", required: true);
    public static readonly Field Allowed = Field.Objects("allowedFailures", AllowedShape, "Look-up table of failing samples, for the statistic annualSamples.");
    public static readonly Field Limits = Field.Objects("limits", RowShape, "Rows of the standard.", required: true);

    public static readonly Shape Root = new("standard.json", "A standard whose limits permits refer to; any file name.",
    [
        Field.Text("$schema", "Reference to the schema, for editors."), Standard, Field.Text("title", "Title in English."), Field.Text("jurisdiction", "Where it binds."), Revision, FileSource,
        Classes, Field.Objects("notes", NoteShape, "Rules that are not a number."), Allowed, Field.Objects("contactTimes", ContactShape, "Disinfection tables."), Limits,
    ]);

    private static Field SourceOf(string what) => Field.Text("source", $"Document from which {what} was taken, where it differs from the file's.");

    private static Field ConfidenceOf(string what) => Field.Choice("confidence", Confidences, "",
        $"How well {what} is known: read in the document itself, read in a publication about it, from memory, a rule of the gateway, or not known.", required: true);
}
