using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
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

    public List<TagDefinition> Definitions { get; } = [];

    public List<TagDetail> Details { get; } = [];

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
