using System.Globalization;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Json;
using Gateway.Configuration.Text;
using static Gateway.Configuration.Compliance.StandardShapes;

namespace Gateway.Configuration.Compliance;

/// <summary>A limit of one row and class; NaN where there is none, a gap where it is known to exist but not its value.</summary>
internal sealed record StandardValue(double Limit, double LimitLow, double ColdLimit, double ColdThreshold, double Cap, double MinRemoval, double BandLow, double BandHigh)
{
    /// <summary>The standard limits the class, but the value is not known.</summary>
    public bool IsGap => double.IsNaN(Limit) && double.IsNaN(LimitLow);
}

/// <summary>One row of a standard. Dates are unbounded at their extremes; the statistic is null where the permit chooses.</summary>
internal sealed record StandardRow(
    string Parameter, string Item, string Clause, string Unit, string? Statistic, bool IsHydrogenIon, double Percent, int ReadingHours, DateOnly BuiltFrom, DateOnly BuiltTo,
    DateOnly EffectiveFrom, DateOnly EffectiveTo, string WaterBody, string Confidence, string Source, Dictionary<string, StandardValue> Values)
{
    /// <summary>The value of a class, or null where the class is not limited.</summary>
    public StandardValue? ValueOf(string classId) => Values.GetValueOrDefault(classId) ?? Values.GetValueOrDefault("*");

    /// <summary>True when both rows may be in force for one permit that gives all its dates.</summary>
    public bool Overlaps(StandardRow other) =>
        Parameter == other.Parameter && Statistic == other.Statistic && BuiltFrom <= other.BuiltTo && other.BuiltFrom <= BuiltTo && EffectiveFrom <= other.EffectiveTo
        && other.EffectiveFrom <= EffectiveTo && (WaterBody.Length == 0 || other.WaterBody.Length == 0 || WaterBody == other.WaterBody);
}

/// <summary>A standard of config/standards. Immutable after reading.</summary>
internal sealed class StandardFile
{
    private StandardFile(string standard, string revision)
    {
        Standard = standard;
        Revision = revision;
    }

    public string Standard { get; }
    public string Revision { get; }
    public List<string> Classes { get; } = [];
    public List<StandardRow> Rows { get; } = [];

    /// <summary>Samples from, samples to, failures that are allowed; in rising order.</summary>
    public List<(int From, int To, int Failures)> AllowedFailures { get; } = [];

    /// <summary>Reads a standard; null with a diagnostic when it cannot be used.</summary>
    public static StandardFile? Read(SourceText source, DiagnosticBag bag)
    {
        int errors = bag.ErrorCount;
        if (JsonTreeReader.Read(source, bag) is not { } node || JsonFieldReader.Root(StandardShapes.Root, source, node, bag) is not { } root)
            return null;
        var file = new StandardFile(root.Text(StandardShapes.Standard), root.Integer(StandardShapes.Revision).ToString(CultureInfo.InvariantCulture));
        string origin = root.Text(FileSource);
        foreach (JsonFieldReader item in root.Objects(StandardShapes.Classes))
            file.Classes.Add(item.Text(ClassId));
        foreach (JsonFieldReader item in root.Objects(Allowed))
            file.ReadAllowed(item);
        foreach (JsonFieldReader item in root.Objects(Limits))
            file.ReadRow(item, origin);
        return bag.ErrorCount > errors ? null : file;
    }

    private void ReadAllowed(JsonFieldReader item)
    {
        (int From, int To, int Failures) row = (item.Integer(AllowedFrom), item.Integer(AllowedTo), item.Integer(StandardShapes.AllowedFailures));
        bool rises = AllowedFailures.Count == 0 || (row.From > AllowedFailures[^1].To && row.Failures >= AllowedFailures[^1].Failures);
        if (!item.Failed && !(row.To >= row.From && rises))
            item.Fail(DiagnosticCodes.StandardContent, item.Here, "the rows of 'allowedFailures' must rise without overlap, samples and failures; correct their numbers");
        AllowedFailures.Add(row);
    }

    private void ReadRow(JsonFieldReader row, string origin)
    {
        var values = new Dictionary<string, StandardValue>(StringComparer.Ordinal);
        string confidence = row.Text(StandardShapes.Confidence);
        row.Choice(StandardShapes.Confidence);
        foreach ((string key, JsonFieldReader value) in row.Map(Values))
        {
            var read = new StandardValue(value.Number(Limit), value.Number(LimitLow), value.Number(ColdLimit), value.Number(ColdThreshold), value.Number(Cap), value.Number(MinRemoval), value.Number(BandLow), value.Number(BandHigh));
            values[key] = read;
            if (key != "*" && !Classes.Contains(key))
                row.Fail(DiagnosticCodes.StandardContent, value.Here, $"the standard has no class '{FieldReader.Short(key)}'{row.Bag.Suggest(key, Classes)}");
            if (confidence == "gap" && !read.IsGap)
                row.Fail(DiagnosticCodes.StandardContent, value.Here, "a row of confidence 'gap' has no value; write null, or say where the value comes from");
            if (read.Limit <= read.LimitLow)
                row.Fail(DiagnosticCodes.StandardContent, value.Here, "the upper limit is not above the lower one; correct one");
        }
        DateOnly builtFrom = row.Date(BuiltFrom) ?? DateOnly.MinValue, builtTo = row.Date(BuiltTo) ?? DateOnly.MaxValue;
        DateOnly from = row.Date(EffectiveFrom) ?? DateOnly.MinValue, to = row.Date(EffectiveTo) ?? DateOnly.MaxValue;
        if (builtFrom > builtTo || from > to)
            row.Fail(DiagnosticCodes.StandardContent, builtFrom > builtTo ? BuiltTo : EffectiveTo, "the last day lies before the first; exchange them");
        int statistic = row.Choice(RowStatistic), hours = row.Integer(ReadingHours);
        double percent = row.Number(Percent);
        string? name = statistic < 0 ? null : ComplianceShapes.StatisticNames[statistic];
        if (name is not null && name.EndsWith("Percentile", StringComparison.Ordinal) && double.IsNaN(percent))
            row.Fail(DiagnosticCodes.StandardContent, row.Here, "a percentile needs 'percent'");
        if (hours < 1 || 24 % hours != 0)
            row.Fail(DiagnosticCodes.StandardContent, ReadingHours, "the hours of a reading must divide the day: 1, 2, 3, 4, 6, 8, 12 or 24");
        int water = row.Choice(WaterBody);
        var built = new StandardRow(row.Text(Parameter), row.Text(Item), row.Text(Clause), row.Text(Unit), name, row.Choice(Averaging) == 1, percent, hours,
            builtFrom, builtTo, from, to, water < 0 ? "" : ComplianceShapes.WaterBodies[water], confidence, row.Has(Source) ? row.Text(Source) : origin, values);
        CheckOverlap(row, built);
        Rows.Add(built);
    }

    /// <summary>Two rows with a value for one class, parameter, statistic and time contradict each other, even where a permit would not name them.</summary>
    private void CheckOverlap(JsonFieldReader reader, StandardRow row)
    {
        foreach (StandardRow other in Rows)
        {
            if (!row.Overlaps(other))
                continue;
            foreach ((string key, StandardValue value) in row.Values)
                if (other.Values.TryGetValue(key, out StandardValue? former) && !value.IsGap && !former.IsGap)
                    reader.Fail(DiagnosticCodes.RowsOverlap, reader.Here, $"class {key} has two limits for '{row.Parameter}' at one time ({other.Clause}; {row.Clause}); give them dates, a kind of water or a statistic that tells them apart");
        }
    }
}
