using System.Collections.Frozen;
using Gateway.Runtime;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Web.Messages;

namespace Gateway.Web.Reports;

/// <summary>Tags as the API tells them. The methods that take a snapshot copy what they need; any thread.</summary>
internal sealed class TagReport
{
    private readonly PlantModel _plant;
    private readonly ApiClock _clock;
    private readonly TagSources _sources;
    private readonly FrozenDictionary<string, int> _byName;

    public TagReport(GatewayContext context, ApiClock clock)
    {
        _plant = context.Scan.Plant;
        _clock = clock;
        _sources = new TagSources(context);
        _byName = _plant.Tags.ToFrozenDictionary(t => t.Name, t => t.Index, StringComparer.Ordinal);
    }

    public int Count => _plant.Tags.Length;

    public bool TryFind(string name, out int tag) => _byName.TryGetValue(name, out tag);

    /// <summary>Whether a tag belongs to a list.</summary>
    public bool HasPrefix(int tag, string prefix) => _plant.Tags[tag].Name.StartsWith(prefix, StringComparison.Ordinal);

    public List<TagMessage> List(Snapshot snapshot, string prefix)
    {
        var list = new List<TagMessage>(prefix.Length == 0 ? _plant.Tags.Length : 16);
        foreach (TagDefinition tag in _plant.Tags)
        {
            if (!HasPrefix(tag.Index, prefix))
                continue;
            ref readonly TagValue value = ref snapshot.Tags[tag.Index];
            list.Add(new TagMessage
            {
                Name = tag.Name,
                Description = tag.Description,
                Area = tag.Area,
                Unit = tag.Unit,
                Kind = KindName(tag),
                Value = Shown(value),
                Quality = value.Quality.ToString(),
                Level = QualityReasons.LevelOf(value.Quality),
                Why = QualityReasons.Of(value.Quality),
                Time = ApiClock.AtOrNever(value.SourceTime),
                Age = _clock.AgeOf(value.SourceTime),
            });
        }
        return list;
    }

    public TagDetailMessage Detail(Snapshot snapshot, int index)
    {
        TagDefinition tag = _plant.Tags[index];
        ref readonly TagValue value = ref snapshot.Tags[index];
        int output = _sources.OutputOf(index);
        return new TagDetailMessage
        {
            Name = tag.Name,
            Description = tag.Description,
            Area = tag.Area,
            Unit = tag.Unit,
            Kind = KindName(tag),
            Value = Shown(value),
            Quality = value.Quality.ToString(),
            Level = QualityReasons.LevelOf(value.Quality),
            Why = QualityReasons.Of(value.Quality),
            Time = ApiClock.AtOrNever(value.SourceTime),
            Age = _clock.AgeOf(value.SourceTime),
            QualityCode = value.Quality.Code,
            Raw = Numbers.OrNull(snapshot.Raw[index]),
            LastUsable = Numbers.OrNull(value.Value),
            RangeLow = Numbers.OrNull(tag.RangeLow),
            RangeHigh = Numbers.OrNull(tag.RangeHigh),
            RateGroup = _plant.RateGroups[tag.RateGroup].Name,
            Changes = value.Version,
            Source = _sources[index],
            Calculation = tag.Expression?.Source,
            Inputs = tag.Expression is { } expression ? [.. expression.Inputs.Select(i => _plant.Tags[i].Name)] : [],
            Output = output < 0 ? null : _plant.Outputs[output].Name,
        };
    }

    public TagChangeMessage Change(Snapshot snapshot, int index)
    {
        ref readonly TagValue value = ref snapshot.Tags[index];
        return new TagChangeMessage
        {
            Name = _plant.Tags[index].Name,
            Value = Shown(value),
            Quality = value.Quality.ToString(),
            Level = QualityReasons.LevelOf(value.Quality),
            Why = QualityReasons.Of(value.Quality),
            Time = ApiClock.AtOrNever(value.SourceTime),
        };
    }

    /// <summary>A bad value is not shown: an old number looks as plausible as a new one.</summary>
    private static double? Shown(in TagValue value) => value.Quality.IsBad ? null : Numbers.OrNull(value.Value);

    private static string KindName(TagDefinition tag) => tag.Kind switch
    {
        TagKind.Calculated => "calculated",
        TagKind.Figure => "figure",
        _ => "measured",
    };
}
