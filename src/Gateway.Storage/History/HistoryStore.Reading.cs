using Microsoft.Data.Sqlite;

namespace Gateway.Storage.History;

public sealed partial class HistoryStore
{
    /// <summary>Reads the samples of a tag. Any thread.</summary>
    /// <param name="tag">Name; may be one that the configuration no longer has.</param>
    /// <param name="fromMs">Begin, ms since 1970-01-01 UTC.</param>
    /// <param name="toMs">End, inclusive.</param>
    /// <param name="most">Samples wanted at most.</param>
    /// <exception cref="StoreException">A file cannot be read.</exception>
    public HistorySamples ReadSamples(string tag, long fromMs, long toMs, int most)
    {
        byte[] open = [];
        StoredSample? newest = null;
        long before = long.MaxValue;
        lock (_gate)
        {
            if (_startMs >= 0)
                before = _number;
            if (_startMs >= 0 && _index.TryGetValue(tag, out int i) && _records[i].HasAny)
            {
                var sink = new ByteSink(8192);
                _records[i].Write(sink);
                (open, newest) = (sink.ToArray(), _records[i].Open);
            }
        }
        return HistoryReader.Samples(_folder, tag, fromMs, toMs, most, before, open, newest);
    }

    /// <summary>Reads minutes or hours of a tag. Any thread.</summary>
    /// <param name="tag">Name.</param>
    /// <param name="isHours">Hours, or minutes.</param>
    /// <param name="fromMs">Begin; the period that holds it comes whole.</param>
    /// <param name="toMs">End, inclusive.</param>
    /// <exception cref="StoreException">A file cannot be read.</exception>
    public IReadOnlyList<Aggregate> ReadAggregates(string tag, bool isHours, long fromMs, long toMs)
    {
        var open = new List<Aggregate>();
        long before = long.MaxValue;
        lock (_gate)
        {
            if (_startMs >= 0)
                before = _number;
            if (_startMs >= 0 && _index.TryGetValue(tag, out int i))
                _records[i].CopyMinutes(open);
        }
        return HistoryReader.Aggregates(_folder, tag, isHours, fromMs, toMs, before, open);
    }
}
