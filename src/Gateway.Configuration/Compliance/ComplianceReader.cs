using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Tags;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Tags;
using static Gateway.Configuration.Compliance.ComplianceShapes;

namespace Gateway.Configuration.Compliance;

/// <summary>Reads compliance.json and picks each limit from its standard. Used by one thread.</summary>
internal sealed partial class ComplianceReader
{
    private readonly TagSet _tags;
    private readonly Func<string, StandardFile?> _standards;
    private readonly List<PermitLimit> _limits = [];
    private readonly Dictionary<string, Location> _permits = new(StringComparer.Ordinal);
    private readonly HashSet<(string Permit, string Parameter, Statistic Statistic)> _judged = [];

    private ComplianceReader(TagSet tags, Func<string, StandardFile?> standards)
    {
        _tags = tags;
        _standards = standards;
    }

    /// <summary>The limits of all permits.</summary>
    /// <param name="root">The file.</param>
    /// <param name="tags">Tags that permits may name.</param>
    /// <param name="standards">Gives a standard by its path, null when it cannot be used (which was reported).</param>
    public static List<PermitLimit> Read(JsonFieldReader root, TagSet tags, Func<string, StandardFile?> standards)
    {
        var reader = new ComplianceReader(tags, standards);
        foreach (JsonFieldReader permit in root.Objects(Permits))
            reader.ReadPermit(permit);
        return reader._limits;
    }

    private void ReadPermit(JsonFieldReader permit)
    {
        string id = permit.Text(Id);
        if (id.Length > 0 && !_permits.TryAdd(id, permit.At(Id)))
            permit.Fail(DiagnosticCodes.DuplicatePermit, Id, $"permit '{id}' is there already, in line {_permits[id].Line}; rename one");
        StandardFile? standard = permit.Has(ComplianceShapes.StandardFile) ? _standards(permit.Text(ComplianceShapes.StandardFile)) : null;
        string classId = permit.Text(Class);
        if (standard is not null && permit.Has(Class) && !standard.Classes.Contains(classId))
        {
            permit.Fail(DiagnosticCodes.UnknownClass, Class, $"{standard.Standard} has no class '{FieldReader.Short(classId)}'{permit.Bag.Suggest(classId, standard.Classes)}");
            standard = null;
        }
        var common = new PermitContext(id, classId, permit.Date(BuildDate), permit.Date(AsOf), permit.Choice(WaterBody) is >= 0 and var body ? WaterBodies[body] : "",
            ResolveFlow(permit, FlowTag), permit.Number(ZeroFlow), _tags.Resolve(permit, TemperatureTag, DiagnosticCodes.PermitTag), (DayOfWeek)permit.Choice(WeekStart));
        CheckTemperature(permit, TemperatureTag, common.TemperatureTag);
        CheckFlow(permit, FlowTag, common.FlowTag);
        foreach (JsonFieldReader parameter in permit.Objects(Parameters))
            ReadParameter(parameter, common, standard);
    }

    private void ReadParameter(JsonFieldReader reader, PermitContext permit, StandardFile? standard)
    {
        string parameter = reader.Text(Parameter);
        // A table of samples may have the parameter's name where a site has a tag.
        bool byTag = reader.Has(ValueTag) && (!_tags.IsOpen || _tags.TryFind(reader.Text(ValueTag), out _));
        int valueTag = byTag ? _tags.Resolve(reader, ValueTag, DiagnosticCodes.PermitTag) : _tags.Resolve(reader, Parameter, DiagnosticCodes.PermitTag);
        int flowTag = reader.Has(ParameterFlowTag) ? ResolveFlow(reader, ParameterFlowTag) : permit.FlowTag;
        int temperatureTag = reader.Has(ParameterTemperatureTag) ? _tags.Resolve(reader, ParameterTemperatureTag, DiagnosticCodes.PermitTag) : permit.TemperatureTag;
        CheckFlow(reader, ParameterFlowTag, flowTag);
        CheckTemperature(reader, ParameterTemperatureTag, temperatureTag);
        List<int> statistics = reader.ChoiceList(Statistics);
        double warningRatio = reader.Number(WarningRatio), minCoverage = reader.Number(MinCoverage);
        double[] own = [reader.Number(Limit), reader.Number(LimitLow), reader.Number(ColdLimit), reader.Number(ColdThreshold)];
        bool isOwn = reader.Has(Limit) || reader.Has(LimitLow) || reader.Has(ColdLimit) || reader.Has(ColdThreshold);
        if (isOwn && !reader.Has(Clause))
            reader.Fail(DiagnosticCodes.OverrideClause, reader.At(Parameter), "a limit that differs from the standard's needs 'clause', which says where it stands");
        Settings settings = ReadSettings(reader);
        bool acceptUncertain = reader.Boolean(AcceptUncertain), flowWeighted = reader.Boolean(FlowWeighted);
        if (reader.Failed || standard is null || parameter.Length == 0)
            return;
        foreach (int statistic in statistics)
        {
            if (FindRow(reader, parameter, (Statistic)statistic, permit, standard, isOwn, out bool isGuide) is not { } row)
                return;
            StandardValue value = row.ValueOf(permit.Class)!;
            var limit = new PermitLimit
            {
                Index = _limits.Count,
                PermitId = permit.Id,
                Parameter = parameter,
                ValueTag = valueTag,
                FlowTag = flowTag,
                TemperatureTag = temperatureTag,
                Unit = row.Unit,
                Statistic = (Statistic)statistic,
                Limit = Either(own[0], value.Limit),
                LimitLow = Either(own[1], value.LimitLow),
                ColdLimit = Either(own[2], reader.Has(Limit) ? double.NaN : value.ColdLimit),
                ColdThreshold = Either(own[3], value.ColdThreshold),
                WarningRatio = warningRatio,
                MinCoverage = minCoverage,
                FlowWeighted = flowWeighted && !row.IsHydrogenIon,
                HydrogenIonMean = row.IsHydrogenIon,
                AcceptUncertain = acceptUncertain,
                ZeroFlow = permit.ZeroFlow,
                Source = new LimitSource(standard.Standard, permit.Class, (isOwn ? reader.Text(Clause) : row.Clause) + (isGuide ? ", daily limit as a guide" : "")) { Confidence = reader.Has(Limit) || reader.Has(LimitLow) ? "permit" : row.Confidence, IsGuide = isGuide },
                RuleId = RuleIdOf(standard, permit.Class, row) + (isOwn ? "+permit" : ""),
            };
            limit = Convert(Complete(reader, limit, row, value, settings, permit, standard));
            CheckLimit(reader, limit, isOwn);
            _limits.Add(limit);
        }
    }

    /// <summary>The row in force; null with a diagnostic when there is none or more than one.</summary>
    private static StandardRow? FindRow(JsonFieldReader reader, string parameter, Statistic statistic, PermitContext permit, StandardFile standard, bool isOwn, out bool isGuide)
    {
        isGuide = false;
        string name = StatisticNames[(int)statistic];
        List<StandardRow> named = [.. standard.Rows.Where(row => row.Parameter == parameter)];
        if (named.Count == 0)
        {
            reader.Fail(DiagnosticCodes.UnknownParameter, Parameter, $"{standard.Standard} has no parameter '{FieldReader.Short(parameter)}'{reader.Bag.Suggest(parameter, [.. standard.Rows.Select(row => row.Parameter).Distinct()])}");
            return null;
        }
        List<StandardRow> rows = [.. named.Where(row => (row.Statistic ?? name) == name && IsInForce(row, permit))];
        rows.RemoveAll(row => row.ValueOf(permit.Class) is null);
        if (rows.Count == 0 && isOwn)
            return OwnRow(reader, named[0], name, permit.Class);
        if (rows.Count == 0 && statistic is Statistic.Minute or Statistic.Hour or Statistic.RollingHour or Statistic.Rolling24Hour)
        {
            // The standards limit daily means; shorter means are watched against the same figure.
            rows = [.. named.Where(row => row.Statistic is "dailyMean" && IsInForce(row, permit))];
            isGuide = rows.Count > 0;
        }
        rows.RemoveAll(row => row.ValueOf(permit.Class) is null);
        // A row without a value is worth less than one with.
        if (rows.Count > 1 && rows.Any(row => !row.ValueOf(permit.Class)!.IsGap))
            rows.RemoveAll(row => row.ValueOf(permit.Class)!.IsGap);
        if (rows.Count == 1)
            return rows[0];
        if (rows.Count == 0)
            reader.Fail(DiagnosticCodes.NoLimitRow, Parameter, $"{standard.Standard} has no {name} limit for '{parameter}' in class {permit.Class} with the permit's dates and water; choose another statistic or remove the parameter");
        else
            reader.Fail(DiagnosticCodes.AmbiguousRow, Parameter, $"{standard.Standard} has {rows.Count} {name} limits for '{parameter}' ({string.Join("; ", rows.Select(row => row.Clause + Condition(row)))}); give {MissingKey(rows, permit)} of the permit");
        return null;
    }

    private static bool IsInForce(StandardRow row, PermitContext permit)
    {
        bool built = permit.BuildDate is not { } date || (date >= row.BuiltFrom && date <= row.BuiltTo);
        bool effective = permit.AsOf is { } day ? day >= row.EffectiveFrom && day <= row.EffectiveTo : row.EffectiveTo == DateOnly.MaxValue;
        return built && effective && (row.WaterBody.Length == 0 || permit.WaterBody.Length == 0 || row.WaterBody == permit.WaterBody);
    }

    private static string Condition(StandardRow row)
    {
        if (row.WaterBody.Length > 0)
            return ", " + row.WaterBody;
        if (row.BuiltFrom > DateOnly.MinValue)
            return $", built from {row.BuiltFrom:yyyy-MM-dd}";
        return row.BuiltTo < DateOnly.MaxValue ? $", built to {row.BuiltTo:yyyy-MM-dd}" : "";
    }

    private static string MissingKey(List<StandardRow> rows, PermitContext permit)
    {
        if (permit.BuildDate is null && rows.Any(row => row.BuiltFrom > DateOnly.MinValue || row.BuiltTo < DateOnly.MaxValue))
            return "'buildDate'";
        return permit.WaterBody.Length == 0 && rows.Any(row => row.WaterBody.Length > 0) ? "'waterBody'" : "'asOf'";
    }

    private void CheckLimit(JsonFieldReader reader, PermitLimit limit, bool isOwn)
    {
        TagDefinition? tag = limit.ValueTag >= 0 ? _tags.Definitions[limit.ValueTag] : null;
        string statistic = StatisticNames[(int)limit.Statistic];
        if (!_judged.Add((limit.PermitId, limit.Parameter, limit.Statistic)))
            reader.Fail(DiagnosticCodes.DuplicateLimit, Parameter, $"the permit judges the {statistic} of '{limit.Parameter}' already; remove one");
        string unit = limit.ReadingUnit.Length > 0 ? limit.ReadingUnit : limit.Unit;
        if (tag is not null && !IsSameUnit(tag.Unit, unit))
            reader.Fail(DiagnosticCodes.PermitUnit, ValueTag, $"tag '{tag.Name}' is in '{tag.Unit}', the limit in '{unit}'; add a calculated tag in '{unit}' and name that");
        if (limit.Limit <= limit.LimitLow || limit.ColdLimit <= limit.LimitLow)
            reader.Fail(DiagnosticCodes.OwnLimit, isOwn ? Limit : Parameter, $"the upper limit {FieldText.Text(Math.Min(limit.Limit, Either(limit.ColdLimit, limit.Limit)))} is not above the lower limit {FieldText.Text(limit.LimitLow)}; correct one");
        else if (limit.ColdLimit < limit.Limit)
            reader.Fail(DiagnosticCodes.OwnLimit, reader.Has(ColdLimit) ? ColdLimit : Limit, $"the cold limit {FieldText.Text(limit.ColdLimit)} is below the limit {FieldText.Text(limit.Limit)}; cold water is given more, not less");
        if (limit.HasColdLimit && limit.TemperatureTag < 0)
            reader.Fail(DiagnosticCodes.TemperatureMissing, Parameter, $"the limit of '{limit.Parameter}' depends on the water temperature; give 'temperatureTag'");
        if (limit.Statistic == Statistic.DailyMean && limit.FlowTag < 0 && limit.FlowWeighted)
            reader.Fail(DiagnosticCodes.FlowMissing, Parameter, $"without 'flowTag' the daily mean of '{limit.Parameter}' is weighted by time, not by flow; give 'flowTag', or set 'flowWeighted' to false");
        if (double.IsNaN(limit.Limit) && double.IsNaN(limit.LimitLow) && double.IsNaN(limit.SampleLimit))
            reader.Fail(DiagnosticCodes.LimitGap, Parameter, $"the {statistic} limit of '{limit.Parameter}' is known to exist, but not its value ({limit.Source.Clause}); it is judged as undetermined until you give 'limit'");
        else if (limit.Source.Confidence is "memory" or "proposal")
            reader.Fail(DiagnosticCodes.LimitUnverified, Parameter, $"the {statistic} limit of '{limit.Parameter}' ({limit.Source.Standard}, {limit.Source.Clause}) is {(limit.Source.Confidence == "memory" ? "from memory" : "a proposal of the gateway")}; verify it and give 'limit' with its 'clause'");
        if (tag is not null && limit.Limit > tag.RangeHigh && limit.ReadingUnit.Length == 0)
            reader.Fail(DiagnosticCodes.LimitOutOfReach, ValueTag, $"the range of tag '{tag.Name}' ends at {FieldText.Text(tag.RangeHigh)}, below the limit of {FieldText.Text(limit.Limit)}, so an exceedance cannot be seen; choose another range");
    }

    /// <summary>Without samples of the flow, means are not weighted.</summary>
    private int ResolveFlow(JsonFieldReader reader, Field field) =>
        _tags.IsOpen && !_tags.TryFind(reader.Text(field), out _) ? -1 : _tags.Resolve(reader, field, DiagnosticCodes.PermitTag);

    /// <summary>The limit on samples in its own unit, where they convert.</summary>
    private PermitLimit Convert(PermitLimit limit)
    {
        string unit = limit.ReadingUnit.Length > 0 ? limit.ReadingUnit : limit.Unit;
        if (limit.ValueTag < 0 || IsSameUnit(_tags.Definitions[limit.ValueTag].Unit, unit) || _tags.Convert(limit.ValueTag, unit) is not (>= 0 and var converted))
            return limit;
        return limit with { ValueTag = converted };
    }

    private void CheckTemperature(JsonFieldReader reader, Field field, int tag)
    {
        if (tag >= 0 && reader.Has(field) && _tags.Definitions[tag].Unit != "degC" && _tags.Convert(tag, "degC") != tag)
            reader.Fail(DiagnosticCodes.PermitUnit, field, $"tag '{_tags.Definitions[tag].Name}' is in '{_tags.Definitions[tag].Unit}'; the temperature must be in 'degC'");
    }

    private void CheckFlow(JsonFieldReader reader, Field field, int tag)
    {
        if (tag >= 0 && _tags.IsOpen && _tags.Definitions[tag].Unit.Length == 0)
            _tags.Convert(tag, "m3/h");
        if (tag >= 0 && reader.Has(field) && Unit.TryParse("m3/h", out Unit flow, out _) && !(Unit.TryParse(_tags.Definitions[tag].Unit, out Unit unit, out _) && unit.SameDimension(flow)))
            reader.Fail(DiagnosticCodes.PermitUnit, field, $"tag '{_tags.Definitions[tag].Name}' is in '{_tags.Definitions[tag].Unit}', which is no flow; name a tag in m3/h, m3/d or L/s");
    }

    /// <summary>Equal units or two ways to write one, such as pH and '-'.</summary>
    private static bool IsSameUnit(string tag, string limit) => tag == limit || (Unit.TryParse(tag, out Unit a, out _) && Unit.TryParse(limit, out Unit b, out _) && a == b);

    private static double Either(double first, double second) => double.IsNaN(first) ? second : first;

    private static string RuleIdOf(StandardFile standard, string classId, StandardRow row)
    {
        string item = row.Item.Length > 0 ? row.Item : row.Parameter;
        return $"{standard.Standard.Replace(" ", "", StringComparison.Ordinal)}/{classId}/{item}@{standard.Revision}";
    }

    /// <summary>What all parameters of a permit share.</summary>
    private sealed record PermitContext(string Id, string Class, DateOnly? BuildDate, DateOnly? AsOf, string WaterBody, int FlowTag, double ZeroFlow, int TemperatureTag, DayOfWeek WeekStart);
}
