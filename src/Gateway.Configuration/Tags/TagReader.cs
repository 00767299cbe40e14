using System.Globalization;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Site;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Tags;
using static Gateway.Configuration.Tags.TagShape;

namespace Gateway.Configuration.Tags;

/// <summary>Reads the rows of tags.csv: first each row in itself, then expressions, which may name any tag. Used by one thread.</summary>
internal sealed class TagReader
{
    private const int MaxPeriodMs = 86_400_000;
    private static readonly string[] ReservedWords = ["and", "or", "not", "abs", "sqrt", "min", "max", "if", "good", "bit"];

    private readonly TableReader _row;
    private readonly DiagnosticBag _bag;
    private readonly GatewayDocument _gateway;
    private readonly TagSet _tags = new();
    private readonly PointReader _points;
    private readonly Dictionary<string, Location> _folded = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _unknownUnits = new(StringComparer.Ordinal);

    private TagReader(TableReader row, GatewayDocument gateway, bool isGatewayKnown)
    {
        _row = row;
        _bag = row.Bag;
        _gateway = gateway;
        _points = new PointReader(row, gateway, isGatewayKnown);
    }

    /// <summary>The tags of the table; points go to the devices of <paramref name="gateway"/>.</summary>
    /// <param name="row">The table.</param>
    /// <param name="gateway">Devices and rate groups.</param>
    /// <param name="isGatewayKnown">False when gateway.json could not be read, so that devices and rates cannot be judged.</param>
    public static TagSet Read(TableReader row, GatewayDocument gateway, bool isGatewayKnown)
    {
        var reader = new TagReader(row, gateway, isGatewayKnown);
        if (!row.Usable)
            return new TagSet { IsKnown = false };
        for (int i = 0; i < row.RowCount; i++)
        {
            row.MoveTo(i);
            reader.ReadRow(isGatewayKnown);
        }
        reader._points.CheckOverlaps();
        reader.CompileExpressions();
        reader.CheckCycles();
        return reader._tags;
    }

    private void ReadRow(bool isGatewayKnown)
    {
        _row.CheckRequired();
        string name = _row.Text(Tag);
        if (name.Length == 0)
            return;
        CheckName(name);
        int group = ReadRate(isGatewayKnown, out int periodMs);
        TagKind kind = ReadKind();
        bool isCalculated = kind != TagKind.Measured;
        var definition = new TagDefinition
        {
            Index = _tags.Definitions.Count,
            Name = name,
            Description = _row.Text(Description),
            Area = _row.Text(Area),
            Unit = ReadUnit(),
            Kind = kind,
            RateGroup = group,
            Scaling = isCalculated ? Scaling.None : ScalingReader.Read(_row),
            RangeLow = _row.Number(RangeLow),
            RangeHigh = _row.Number(RangeHigh),
            ArchiveDeadband = _row.Number(Deadband),
            History = (HistoryMode)Math.Max(0, _row.Choice(Archive)),
            Export = _row.Boolean(Export),
        };
        CheckRange(definition);
        definition = definition with { Check = isCalculated ? SignalCheck.None : ReadCheck(definition, periodMs) };
        bool isWritable = _row.Choice(Access) == 1;
        _row.Boolean(Example);
        bool isBool = false;
        if (isCalculated)
            CheckUseless(isWritable);
        else
            isBool = _points.Read(definition, periodMs, group, isWritable);
        if (kind == TagKind.Figure)
            _tags.Figures.Add(new FigureDraft(definition.Index, _row.Text(Figure), _row.At(Figure)));
        var detail = new TagDetail(_row.Row, _row.At(Tag), _row.Failed, periodMs, isBool, isWritable);
        if (!_tags.TryAdd(definition, detail, out int first))
            _row.Fail(DiagnosticCodes.DuplicateTag, Tag, $"tag '{name}' is there already, in line {_tags.Details[first].At.Line}; rename or remove one");
        else if (!_folded.TryAdd(name, detail.At))
            _row.Fail(DiagnosticCodes.SimilarTag, Tag, $"tag '{name}' differs only in upper and lower case from that in line {_folded[name].Line}; people will confuse them");
    }

    private void CheckName(string name)
    {
        bool valid = name.Length <= FieldReader.MaxNameLength && (char.IsAsciiLetter(name[0]) || name[0] == '_');
        foreach (char c in name)
            valid &= char.IsAsciiLetterOrDigit(c) || c is '_' or '.';
        if (!valid)
            _row.Fail(DiagnosticCodes.TagName, Tag, $"'{FieldReader.Short(name)}' cannot be a tag's name; use 1 to {FieldReader.MaxNameLength} letters A-Z, digits, '_' or '.', not beginning with a digit");
        else if (Array.IndexOf(ReservedWords, name) >= 0)
            _row.Fail(DiagnosticCodes.TagName, Tag, $"'{name}' is a word of the expression language; rename the tag");
    }

    private TagKind ReadKind()
    {
        bool hasDevice = _row.Has(Device), hasExpression = _row.Has(ExpressionText), hasFigure = _row.Has(Figure);
        if (hasDevice && hasExpression)
            _row.Fail(DiagnosticCodes.TagSource, ExpressionText, "the tag has a device and an expression; remove one, or make a second tag for the calculation");
        else if (hasFigure && (hasDevice || hasExpression))
            _row.Fail(DiagnosticCodes.TagSource, Figure, "the tag has a figure and another source; remove one, or make a second tag for the figure");
        else if (!hasDevice && !hasExpression && !hasFigure)
            _row.Fail(DiagnosticCodes.TagSource, Tag, "the tag has neither a device nor an expression nor a figure; give one of them");
        if (hasFigure)
            return TagKind.Figure;
        return hasExpression && !hasDevice ? TagKind.Calculated : TagKind.Measured;
    }

    private string ReadUnit()
    {
        string unit = _row.Text(UnitOf);
        if (Unit.TryParse(unit, out _, out string symbol) || !_unknownUnits.Add(unit))
            return unit;
        _row.Fail(DiagnosticCodes.UnknownUnit, UnitOf, $"the symbol '{FieldReader.Short(symbol)}' of unit '{FieldReader.Short(unit)}' is not known, so the tag cannot be used in calculations{_bag.Suggest(symbol, Unit.KnownSymbols)}");
        return unit;
    }

    /// <summary>The rate group of the row, or 0 when the rate is wrong or cannot be judged.</summary>
    private int ReadRate(bool isGatewayKnown, out int periodMs)
    {
        string rate = _row.Text(Rate);
        RateGroups groups = _gateway.Rates;
        periodMs = groups.BasePeriodMs;
        if (groups.TryFind(rate, out int index))
        {
            periodMs = groups.PeriodMs(index);
            return index;
        }
        if (!isGatewayKnown)
            return 0;
        if (!int.TryParse(rate, NumberStyles.None, CultureInfo.InvariantCulture, out int wanted))
            _row.Fail(DiagnosticCodes.UnknownRate, Rate, $"'{FieldReader.Short(rate)}' is neither a rate group of gateway.json nor a period in ms{_bag.Suggest(rate, groups.Names)}");
        else if (wanted is < 1 or > MaxPeriodMs)
            _row.Fail(DiagnosticCodes.UnknownRate, Rate, $"the period of {rate} ms must be 1 to {MaxPeriodMs}");
        else if (wanted % groups.BasePeriodMs != 0)
            _row.Fail(DiagnosticCodes.UnknownRate, Rate, GatewayReader.NotMultiple("the period", wanted, groups.BasePeriodMs));
        else
            periodMs = wanted;
        return groups.OfPeriod(periodMs);
    }

    private void CheckRange(TagDefinition definition)
    {
        bool hasLow = _row.Has(RangeLow), hasHigh = _row.Has(RangeHigh);
        if (hasLow != hasHigh)
            _row.Fail(DiagnosticCodes.RangeOrder, hasLow ? RangeLow : RangeHigh, "a range needs both ends; give 'rangeLow' and 'rangeHigh', or neither");
        else if (hasLow && definition.RangeLow >= definition.RangeHigh)
            _row.Fail(DiagnosticCodes.RangeOrder, RangeHigh, $"'rangeHigh' ({FieldText.Text(definition.RangeHigh)}) is not above 'rangeLow' ({FieldText.Text(definition.RangeLow)})");
        else if (definition.ArchiveDeadband >= definition.RangeHigh - definition.RangeLow)
            _row.Fail(DiagnosticCodes.DeadbandTooWide, Deadband, $"the deadband of {FieldText.Text(definition.ArchiveDeadband)} is not below the span of {FieldText.Text(definition.RangeHigh - definition.RangeLow)}, so nothing would be stored; lower it");
    }

    private SignalCheck ReadCheck(TagDefinition definition, int periodMs)
    {
        int policy = _row.Choice(OutOfRange);
        bool isChecked = policy != 0 && !double.IsNaN(definition.RangeLow);
        double stuckSeconds = _row.Number(StuckSeconds), stuckBand = _row.Number(StuckBand);
        if (_row.Has(OutOfRange) && policy != 0 && !isChecked && !_row.Failed)
            _row.Fail(DiagnosticCodes.RangeOrder, OutOfRange, "'outOfRange' needs a range; give 'rangeLow' and 'rangeHigh'");
        if (stuckSeconds > 0 && stuckSeconds * 1000 < 2.0 * periodMs)
            _row.Fail(DiagnosticCodes.StuckSettings, StuckSeconds, $"the value is polled each {FieldText.Text(periodMs / 1000.0)} s, so it cannot move within {FieldText.Text(stuckSeconds)} s; use {FieldText.Text(periodMs / 500.0)} s or more");
        if (stuckSeconds == 0 && stuckBand > 0)
            _row.Fail(DiagnosticCodes.StuckSettings, StuckBand, "'stuckBand' has no effect without 'stuckSeconds'; give both");
        if (stuckSeconds > 0 && stuckBand >= definition.RangeHigh - definition.RangeLow)
            _row.Fail(DiagnosticCodes.StuckSettings, StuckBand, $"the band of {FieldText.Text(stuckBand)} is not below the span of {FieldText.Text(definition.RangeHigh - definition.RangeLow)}, so the value would always count as stuck; lower it");
        return new SignalCheck
        {
            Low = isChecked ? definition.RangeLow : double.NaN,
            High = isChecked ? definition.RangeHigh : double.NaN,
            OutOfRange = (RangePolicy)Math.Max(0, policy - 1),
            MaxRatePerSecond = _row.Number(MaxRate),
            StuckSeconds = stuckSeconds,
            StuckBand = stuckBand,
        };
    }

    private void CheckUseless(bool isWritable)
    {
        if (isWritable)
            _row.Fail(DiagnosticCodes.NotWritable, Access, "a calculated tag cannot be written; use access R");
        foreach (Field field in (Field[])[Space, Address, RawType, Order, Bit, SourceDeadband, Phase, Conversion, RawLow, RawHigh, Low, High, Table, OutOfRange, MaxRate, StuckSeconds, StuckBand])
            if (_row.Has(field))
                _row.Fail(DiagnosticCodes.UselessColumn, field, $"'{field.Name}' has no effect for a calculated tag; leave the cell empty");
    }

    private void CompileExpressions()
    {
        for (int i = 0; i < _tags.Definitions.Count; i++)
        {
            TagDefinition definition = _tags.Definitions[i];
            if (definition.Kind != TagKind.Calculated)
                continue;
            _row.MoveTo(_tags.Details[i].Row);
            // A long expression may be written over several lines of its cell; places must not move.
            string text = _row.Text(ExpressionText).Replace('\r', ' ').Replace('\n', ' '), missing = "";
            ExpressionProgram? program = ExpressionCompiler.Compile(text, definition.Unit, Find, out ExpressionError? error);
            if (error is not null)
                _row.Fail(DiagnosticCodes.Expression, _row.At(ExpressionText, error.Position), error.Text + (missing.Length > 0 ? _bag.Suggest(missing, _tags.Names) : ""));
            _tags.Definitions[i] = definition with { Expression = program };

            bool Find(string name, out int index, out string unit)
            {
                bool found = _tags.TryFind(name, out index);
                unit = found ? _tags.Definitions[index].Unit : "";
                if (!found)
                    missing = name;
                return found;
            }
        }
    }

    /// <summary>Reports each circle; a reported one is cut so that the next is found.</summary>
    private void CheckCycles()
    {
        TagDefinition[] open = [.. _tags.Definitions];
        while (!Runtime.Scan.CalculationOrder.TrySort(open, out _, out string[] cycle))
        {
            _tags.TryFind(cycle[0], out int first);
            _bag.Report(DiagnosticCodes.ExpressionCycle, _row.At(_tags.Details[first].Row, ExpressionText),
                $"calculated tags depend on each other in a circle: {string.Join(" > ", cycle.Take(20))}; break it at one of them");
            open[first] = open[first] with { Expression = null };
        }
    }
}
