using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Tags;

namespace Gateway.Configuration.Tags;

/// <summary>
/// The tags of a site with what later checks need. A tag whose row is wrong stays in the list, so that references to
/// it are not reported too.
/// </summary>
internal sealed class TagSet
{
    private readonly Dictionary<string, int> _indexOf = new(StringComparer.Ordinal);

    /// <summary>False when tags.csv could not be read, so that no reference to a tag can be judged.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>True for the series of a table of samples: names that permits use come into being, and units convert.</summary>
    public bool IsOpen { get; init; }

    /// <summary>By index: the series a converted one comes from, and the factor.</summary>
    private readonly Dictionary<int, (int Source, double Factor)> _converted = [];

    public List<TagDefinition> Definitions { get; } = [];

    public List<TagDetail> Details { get; } = [];

    /// <summary>Tags that show figures of permit windows, which are known later.</summary>
    public List<FigureDraft> Figures { get; } = [];

    public IReadOnlyCollection<string> Names => _indexOf.Keys;

    /// <summary>False when the name is taken; <paramref name="index"/> is then that of the first.</summary>
    public bool TryAdd(TagDefinition definition, TagDetail detail, out int index)
    {
        if (_indexOf.TryGetValue(definition.Name, out index))
            return false;
        index = Definitions.Count;
        _indexOf.Add(definition.Name, index);
        Definitions.Add(definition);
        Details.Add(detail);
        return true;
    }

    /// <summary>Index of a series of samples, made when there is none.</summary>
    public int Open(string name, string unit)
    {
        var definition = new TagDefinition { Index = Definitions.Count, Name = name, Unit = unit };
        TryAdd(definition, new TagDetail(0, Location.Of(""), false, 0, false, false), out int index);
        return index;
    }

    /// <summary>Index of the same series in another unit, -1 when it does not convert. A series without a unit has the one asked for.</summary>
    public int Convert(int index, string unit)
    {
        TagDefinition series = Definitions[index];
        if (!IsOpen)
            return -1;
        if (series.Unit.Length == 0)
        {
            Definitions[index] = series with { Unit = unit };
            return index;
        }
        if (!Unit.TryParse(series.Unit, out Unit own, out _) || !Unit.TryParse(unit, out Unit wanted, out _) || !own.SameDimension(wanted))
            return -1;
        int converted = Open(series.Name + " in " + unit, unit);
        _converted[converted] = (index, own.Factor / wanted.Factor);
        return converted;
    }

    /// <summary>The series that an index comes from, and the factor to its unit.</summary>
    public (int Source, double Factor) SourceOf(int index) => _converted.TryGetValue(index, out (int, double) source) ? source : (index, 1);

    public bool TryFind(string name, out int index) => _indexOf.TryGetValue(name, out index);

    /// <summary>
    /// Index of the tag that a field of another file names, -1 when absent or not defined; the latter is reported.
    /// </summary>
    public int Resolve(FieldReader reader, Field field, DiagnosticCode code)
    {
        string name = reader.Text(field);
        if (name.Length == 0)
            return -1;
        if (TryFind(name, out int index))
            return index;
        if (IsOpen)
            return Open(name, "");
        if (IsKnown)
            reader.Fail(code, field, $"tag '{FieldReader.Short(name)}' is not defined in tags.csv{reader.Bag.Suggest(name, Names)}");
        return -1;
    }
}

/// <summary>What later checks need to know of a tag beyond its definition.</summary>
/// <param name="Row">Row in tags.csv.</param>
/// <param name="At">Place of the name.</param>
/// <param name="Failed">True when something of the row was reported as wrong.</param>
/// <param name="PeriodMs">Poll or calculation period.</param>
/// <param name="IsBool">True when the value is 0 or 1.</param>
/// <param name="IsWritable">True for access RW.</param>
internal sealed record TagDetail(int Row, Location At, bool Failed, int PeriodMs, bool IsBool, bool IsWritable);

/// <summary>A tag that names a figure of a permit window.</summary>
/// <param name="Tag">Index of the tag.</param>
/// <param name="Text">permit/parameter/statistic/figure.</param>
/// <param name="At">Place of the text.</param>
internal sealed record FigureDraft(int Tag, string Text, Location At);
