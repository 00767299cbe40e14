using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Tags;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Expressions;
using static Gateway.Configuration.Compliance.ComplianceShapes;

namespace Gateway.Configuration.Compliance;

/// <summary>What statistics beyond a mean need: an influent, a unit of mass, a table, a band.</summary>
internal sealed partial class ComplianceReader
{
    private Settings ReadSettings(JsonFieldReader reader)
    {
        int influent = reader.Has(InfluentTag) ? _tags.Resolve(reader, InfluentTag, DiagnosticCodes.PermitTag) : -1;
        int influentFlow = reader.Has(InfluentFlowTag) ? _tags.Resolve(reader, InfluentFlowTag, DiagnosticCodes.PermitTag) : -1;
        CheckFlow(reader, InfluentFlowTag, influentFlow);
        int hours = reader.Has(ParameterReadingHours) ? reader.Integer(ParameterReadingHours) : 0;
        if (hours > 0 && 24 % hours != 0)
            reader.Fail(DiagnosticCodes.StatisticSetting, ParameterReadingHours, "the hours of a reading must divide the day: 1, 2, 3, 4, 6, 8, 12 or 24");
        return new Settings(influent, influentFlow, reader.Integer(MinReadings), reader.Has(RoundTo) ? reader.Integer(RoundTo) : -1, reader.Number(ParameterPercent), hours,
            reader.Number(OwnCap), reader.Number(OwnMinRemoval), (ZeroRule)Math.Max(0, reader.Choice(Zero)), (DetectionRule)Math.Max(0, reader.Choice(BelowDetection)));
    }

    /// <summary>A row for a limit of the permit's own on a statistic that the standard does not limit.</summary>
    private static StandardRow OwnRow(JsonFieldReader reader, StandardRow other, string statistic, string classId) => other with
    {
        Item = "",
        Statistic = statistic,
        Unit = reader.Has(LimitUnit) ? reader.Text(LimitUnit) : other.Unit,
        Values = new Dictionary<string, StandardValue>(StringComparer.Ordinal)
        {
            [classId] = new(double.NaN, double.NaN, double.NaN, 12, double.NaN, double.NaN, double.NaN, double.NaN),
        },
    };

    /// <summary>Fills in what the statistic needs, and reports what is missing.</summary>
    private PermitLimit Complete(JsonFieldReader reader, PermitLimit limit, StandardRow row, StandardValue value, Settings settings, PermitContext permit, StandardFile standard)
    {
        if (_tags.IsOpen)
            (limit, settings) = GiveUnits(limit, settings);
        PermitLimit complete = limit with
        {
            WeekStart = permit.WeekStart,
            MinReadings = settings.MinReadings,
            RoundTo = settings.RoundTo,
            ZeroRule = settings.Zero,
            BelowDetection = settings.BelowDetection,
            Cap = Either(settings.Cap, value.Cap),
            MinRemoval = Either(settings.MinRemoval, value.MinRemoval),
            InfluentTag = settings.InfluentTag,
            InfluentFlowTag = settings.InfluentFlowTag,
        };
        Statistic statistic = limit.Statistic;
        if (settings.InfluentTag >= 0 && limit.ValueTag >= 0 && !IsSameUnit(_tags.Definitions[settings.InfluentTag].Unit, _tags.Definitions[limit.ValueTag].Unit))
            reader.Fail(DiagnosticCodes.PermitUnit, InfluentTag, $"tag '{_tags.Definitions[settings.InfluentTag].Name}' is in '{_tags.Definitions[settings.InfluentTag].Unit}', tag '{_tags.Definitions[limit.ValueTag].Name}' in '{_tags.Definitions[limit.ValueTag].Unit}'; a removal needs one unit");
        if (StatisticRules.IsRemoval(statistic))
            return CompleteRemoval(reader, complete);
        if (StatisticRules.IsLoad(statistic))
            return CompleteLoad(reader, complete);
        if (StatisticRules.IsPercentile(statistic))
            return CompletePercentile(reader, complete, row, settings);
        if (statistic == Statistic.AnnualSamples)
            return CompleteSamples(reader, complete, standard);
        return statistic == Statistic.MonthlyExcursion ? CompleteExcursion(reader, complete, value) : complete;
    }

    /// <summary>Samples without a unit are in the usual one, and an influent converts into the unit of the effluent.</summary>
    private (PermitLimit, Settings) GiveUnits(PermitLimit limit, Settings settings)
    {
        if (limit.ValueTag >= 0 && UnitOf(limit.ValueTag).Length == 0)
        {
            bool isOther = StatisticRules.IsLoad(limit.Statistic) || StatisticRules.IsRemoval(limit.Statistic);
            _tags.Convert(limit.ValueTag, limit.Statistic == Statistic.MonthlyExcursion ? "pH" : isOther ? "mg/L" : limit.Unit);
        }
        if (settings.InfluentTag >= 0 && limit.ValueTag >= 0 && !IsSameUnit(UnitOf(settings.InfluentTag), UnitOf(limit.ValueTag))
            && _tags.Convert(settings.InfluentTag, UnitOf(limit.ValueTag)) is >= 0 and var converted)
            settings = settings with { InfluentTag = converted };
        return (limit, settings);
    }

    private PermitLimit CompleteRemoval(JsonFieldReader reader, PermitLimit limit)
    {
        if (limit.InfluentTag < 0)
            reader.Fail(DiagnosticCodes.StatisticSetting, Parameter, $"the removal of '{limit.Parameter}' needs 'influentTag'");
        if (limit.Unit != "%")
            reader.Fail(DiagnosticCodes.StatisticSetting, Parameter, $"a removal is limited in '%', not in '{FieldReader.Short(limit.Unit)}'; give 'unit' with the limit of the permit's own");
        return limit with { ReadingUnit = UnitOf(limit.ValueTag), HydrogenIonMean = false };
    }

    private PermitLimit CompleteLoad(JsonFieldReader reader, PermitLimit limit)
    {
        if (limit.FlowTag < 0)
        {
            reader.Fail(DiagnosticCodes.StatisticSetting, Parameter, $"the load of '{limit.Parameter}' needs 'flowTag'");
            return limit;
        }
        if (limit.ValueTag < 0)
            return limit;
        string perDay = limit.Unit.EndsWith("/d", StringComparison.Ordinal) ? limit.Unit[..^2] : limit.Unit;
        bool known = Unit.TryParse(UnitOf(limit.ValueTag), out Unit value, out _) & Unit.TryParse(UnitOf(limit.FlowTag), out Unit flow, out _)
            & Unit.TryParse(perDay, out Unit mass, out _) & Unit.TryParse("s", out Unit second, out _);
        Unit product = Unit.Multiply(Unit.Multiply(value, flow), second);
        if (!known || !product.SameDimension(mass))
        {
            reader.Fail(DiagnosticCodes.StatisticSetting, Parameter, $"'{UnitOf(limit.ValueTag)}' times '{UnitOf(limit.FlowTag)}' is no load in '{FieldReader.Short(limit.Unit)}'; loads are limited in kg/d, t/d, kg or t: give 'unit' with the limit of the permit's own");
            return limit;
        }
        // The sums count ticks of 100 ns.
        return limit with { ReadingUnit = UnitOf(limit.ValueTag), LoadFactor = product.Factor / TimeSpan.TicksPerSecond / mass.Factor, LoadPerDay = perDay.Length < limit.Unit.Length };
    }

    private static PermitLimit CompletePercentile(JsonFieldReader reader, PermitLimit limit, StandardRow row, Settings settings)
    {
        double percent = Either(settings.Percent, row.Percent);
        if (double.IsNaN(percent))
            reader.Fail(DiagnosticCodes.StatisticSetting, Parameter, $"the percentile of '{limit.Parameter}' needs 'percent'");
        return limit with { Percent = percent, ReadingHours = settings.ReadingHours > 0 ? settings.ReadingHours : row.ReadingHours };
    }

    private static PermitLimit CompleteSamples(JsonFieldReader reader, PermitLimit limit, StandardFile standard)
    {
        if (standard.AllowedFailures.Count == 0)
            reader.Fail(DiagnosticCodes.StatisticSetting, Parameter, $"{standard.Standard} has no table 'allowedFailures' of the samples that may fail; choose another statistic");
        return limit with
        {
            ReadingUnit = limit.Unit,
            Unit = "samples",
            SampleLimit = limit.Limit,
            Limit = double.NaN,
            Allowance = standard.AllowedFailures.Count == 0 ? null : new SampleAllowance([.. standard.AllowedFailures.Select(row => (row.From, row.Failures))]),
        };
    }

    private PermitLimit CompleteExcursion(JsonFieldReader reader, PermitLimit limit, StandardValue value)
    {
        if (double.IsNaN(value.BandLow) && double.IsNaN(value.BandHigh))
            reader.Fail(DiagnosticCodes.StatisticSetting, Parameter, $"the excursions of '{limit.Parameter}' need a row of the standard with 'bandLow' or 'bandHigh'");
        return limit with
        {
            ReadingUnit = UnitOf(limit.ValueTag),
            FlowWeighted = false,
            BandLow = double.IsNaN(value.BandLow) ? double.NegativeInfinity : value.BandLow,
            BandHigh = double.IsNaN(value.BandHigh) ? double.PositiveInfinity : value.BandHigh,
        };
    }

    private string UnitOf(int tag) => tag < 0 ? "" : _tags.Definitions[tag].Unit;

    /// <summary>What a permit says about statistics beyond a mean.</summary>
    private sealed record Settings(
        int InfluentTag, int InfluentFlowTag, int MinReadings, int RoundTo, double Percent, int ReadingHours, double Cap, double MinRemoval, ZeroRule Zero, DetectionRule BelowDetection);
}
