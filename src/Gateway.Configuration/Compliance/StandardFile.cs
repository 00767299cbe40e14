using System.Globalization;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Json;
using Gateway.Configuration.Text;

namespace Gateway.Configuration.Compliance;

/// <summary>A limit of one row and class; NaN where there is none, a gap where it is known to exist but not its value.</summary>
internal sealed record StandardValue(double Limit, double LimitLow, double ColdLimit, double ColdThreshold, bool IsGap);

/// <summary>One row of a standard. Dates are unbounded at their extremes; the statistic is null where the permit chooses.</summary>
internal sealed record StandardRow(
    string Parameter, string Item, string Clause, string Unit, string? Statistic, bool IsHydrogenIon, DateOnly BuiltFrom, DateOnly BuiltTo,
    DateOnly EffectiveFrom, DateOnly EffectiveTo, string WaterBody, Dictionary<string, StandardValue> Values)
{
    /// <summary>The value of a class, or null where the class is not limited.</summary>
    public StandardValue? ValueOf(string classId) => Values.GetValueOrDefault(classId) ?? Values.GetValueOrDefault("*");
}

/// <summary>
/// A standard of config/standards. The files come with the gateway and carry notes for people, so keys that no judging
/// rule needs are not read. Immutable.
/// </summary>
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

    /// <summary>Reads a standard; null with a diagnostic when it cannot be used.</summary>
    public static StandardFile? Read(SourceText source, DiagnosticBag bag)
    {
        if (JsonTreeReader.Read(source, bag) is not { } root)
            return null;
        var file = new StandardFile(TextOf(root, "standard"), NumberOf(root, "revision") is var revision && double.IsNaN(revision) ? "" : revision.ToString("R", CultureInfo.InvariantCulture));
        int errors = bag.ErrorCount;
        if (file.Standard.Length == 0)
            bag.Report(DiagnosticCodes.StandardContent, source.At(root.Offset), "the file does not name its 'standard'; refer to a file of config/standards");
        foreach (JsonNode item in ItemsOf(root, "classes"))
            file.Classes.Add(TextOf(item, "id"));
        foreach (JsonNode item in ItemsOf(root, "limits"))
            file.ReadRow(source, item, bag);
        return bag.ErrorCount > errors ? null : file;
    }

    private void ReadRow(SourceText source, JsonNode row, DiagnosticBag bag)
    {
        var values = new Dictionary<string, StandardValue>(StringComparer.Ordinal);
        foreach (JsonMember member in Find(row, "values")?.Members ?? [])
        {
            JsonNode value = member.Value;
            if (TryNumber(value, "limit", out double limit) && TryNumber(value, "limitLow", out double low) && TryNumber(value, "coldLimit", out double cold)
                && TryNumber(value, "coldThreshold", out double threshold) && value.Kind == JsonKind.Object)
                values[member.Name] = new StandardValue(limit, low, cold, double.IsNaN(threshold) ? 12 : threshold, double.IsNaN(limit) && double.IsNaN(low));
            else
                bag.Report(DiagnosticCodes.StandardContent, source.At(value.Offset), $"the value of class '{member.Name}' is not an object of numbers; take the file as it came with the gateway");
        }
        bool dates = TryDate(row, "builtFrom", DateOnly.MinValue, out DateOnly builtFrom) & TryDate(row, "builtTo", DateOnly.MaxValue, out DateOnly builtTo)
            & TryDate(row, "effectiveFrom", DateOnly.MinValue, out DateOnly from) & TryDate(row, "effectiveTo", DateOnly.MaxValue, out DateOnly to);
        string statistic = TextOf(row, "statistic");
        if (!dates || TextOf(row, "parameter").Length == 0 || (statistic.Length > 0 && Array.IndexOf(ComplianceShapes.StatisticNames, statistic) < 0))
            bag.Report(DiagnosticCodes.StandardContent, source.At(row.Offset), "a row needs 'parameter', a known 'statistic' and dates like 2006-01-01; take the file as it came with the gateway");
        Rows.Add(new StandardRow(TextOf(row, "parameter"), TextOf(row, "item"), TextOf(row, "clause"), TextOf(row, "unit"), statistic.Length == 0 ? null : statistic,
            TextOf(row, "averaging") == "hydrogenIon", builtFrom, builtTo, from, to, TextOf(row, "waterBody"), values));
    }

    private static JsonNode? Find(JsonNode node, string name)
    {
        foreach (JsonMember member in node.Members)
            if (member.Name == name)
                return member.Value;
        return null;
    }

    private static List<JsonNode> ItemsOf(JsonNode node, string name) => Find(node, name)?.Items ?? [];

    private static string TextOf(JsonNode node, string name) => Find(node, name) is { Kind: JsonKind.String } value ? value.Text : "";

    private static double NumberOf(JsonNode node, string name) => TryNumber(node, name, out double value) ? value : double.NaN;

    private static bool TryNumber(JsonNode node, string name, out double value)
    {
        value = double.NaN;
        return Find(node, name) is not { Kind: not JsonKind.Null } found
            || (found.Kind == JsonKind.Number && double.TryParse(found.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value));
    }

    private static bool TryDate(JsonNode node, string name, DateOnly standard, out DateOnly date)
    {
        date = standard;
        return Find(node, name) is not { Kind: not JsonKind.Null } found || DateOnly.TryParseExact(found.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }
}
