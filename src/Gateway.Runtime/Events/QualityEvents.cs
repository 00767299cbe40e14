using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Events;

/// <summary>Reports changes of quality.</summary>
internal static class QualityEvents
{
    /// <summary>Adds the event that <paramref name="tag"/> went from <paramref name="before"/> to its present quality.</summary>
    public static void Report(EventRing events, int tag, Quality before, in TagValue value, in ScanTime now)
    {
        var item = new ScanEvent
        {
            Kind = EventKind.Quality,
            Subject = tag,
            Code = (int)value.Quality.Code,
            From = before.Level,
            To = value.Quality.Level,
            Value = value.Value,
            Limit = double.NaN,
            Quality = value.Quality,
            Accepted = true,
        };
        events.Add(now, ref item);
    }
}
