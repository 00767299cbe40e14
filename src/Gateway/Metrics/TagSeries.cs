using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>Value, quality and age of each exported tag; a series with bad quality is not there.</summary>
internal sealed class TagSeries
{
    private readonly TagDefinition[] _tags;
    private readonly TimeProvider _time;
    private readonly Gauge.Child[] _value;
    private readonly Gauge.Child[] _quality;
    private readonly Gauge.Child[] _age;

    public TagSeries(IMetricFactory factory, GatewayContext context)
    {
        _time = context.Time;
        _tags = [.. context.Scan.Plant.Tags.Where(t => t.Export)];
        Gauge value = Families.Gauge(factory, "gateway_tag_value", "Last value in engineering units; absent while the quality is bad.", "tag", "area", "unit");
        Gauge quality = Families.Gauge(factory, "gateway_tag_quality", "Quality of the tag: 2 good, 1 uncertain, 0 bad.", "tag");
        Gauge age = Families.Gauge(factory, "gateway_tag_age_seconds", "Time since the source's own time of the value.", "tag");
        _value = [.. _tags.Select(t => value.WithLabels(t.Name, t.Area, t.Unit))];
        _quality = [.. _tags.Select(t => quality.WithLabels(t.Name))];
        _age = [.. _tags.Select(t => age.WithLabels(t.Name))];
    }

    public void Update(Snapshot snapshot)
    {
        long now = _time.GetUtcNow().UtcTicks;
        for (int i = 0; i < _tags.Length; i++)
        {
            ref readonly TagValue tag = ref snapshot.Tags[_tags[i].Index];
            _quality[i].Set(tag.Quality.Level);
            Families.SetOrHide(_value[i], tag.Quality.IsBad ? double.NaN : tag.Value);
            double age = Math.Max(0, now - tag.SourceTime) / (double)TimeSpan.TicksPerSecond;
            Families.SetOrHide(_age[i], tag.SourceTime == 0 ? double.NaN : age);
        }
    }
}
