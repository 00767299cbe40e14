using System.Globalization;
using Gateway.Runtime.Tags;

namespace Gateway.Replay;

/// <summary>What is wrong with a recorded file, with its place, cause and cure.</summary>
public sealed class ReplayInputException(string file, int line, string text)
    : Exception($"{file}({line.ToString(CultureInfo.InvariantCulture)},1): error GW6001: {text}");

/// <summary>Reads recorded inputs row by row: <c>time,tag,value,quality</c>, sorted by time. One thread.</summary>
public sealed class ReplayInput : IDisposable
{
    private readonly ReplayCsv _csv;
    private readonly Dictionary<string, int> _tags;
    private long _last = long.MinValue;

    /// <summary>Opens <paramref name="file"/> and checks its header.</summary>
    /// <exception cref="ReplayInputException">The file cannot be read or a column is missing.</exception>
    public ReplayInput(string file, TagDefinition[] tags)
    {
        _tags = tags.ToDictionary(t => t.Name, t => t.Index, StringComparer.Ordinal);
        _csv = new ReplayCsv(file, required: 3, "time", "tag", "value", "quality");
        MoveNext();
    }

    /// <summary>True when there is no further row.</summary>
    public bool AtEnd { get; private set; }
    /// <summary>Time of the current row, UTC ticks.</summary>
    public long Time { get; private set; }
    /// <summary>Tag of the current row.</summary>
    public int Tag { get; private set; }
    /// <summary>Value of the current row; not a number when it was empty.</summary>
    public double Value { get; private set; }
    /// <summary>Quality of the current row.</summary>
    public Quality Quality { get; private set; }
    /// <summary>Rows read so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Goes to the next row.</summary>
    /// <exception cref="ReplayInputException">The row cannot be understood.</exception>
    public void MoveNext()
    {
        AtEnd = !_csv.Read();
        if (AtEnd)
            return;
        Rows++;
        Time = ReplayCsv.Time(_csv.Cell(0)) ?? throw _csv.Wrong($"'{_csv.Cell(0)}' is not an ISO 8601 time with an offset, such as 2026-03-01T08:00:00+08:00");
        if (Time < _last)
            throw _csv.Wrong("the rows are not sorted by time; sort the file by its time column");
        _last = Time;
        string name = _csv.Cell(1);
        if (!_tags.TryGetValue(name, out int tag))
            throw _csv.Wrong($"tag '{name}' is not defined in the site's tags.csv");
        Tag = tag;
        Value = ParseValue(_csv.Cell(2));
        Quality = ParseQuality(_csv.Cell(3));
    }

    /// <inheritdoc/>
    public void Dispose() => _csv.Dispose();

    private double ParseValue(string text)
    {
        if (text.Length == 0)
            return double.NaN;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw _csv.Wrong($"'{text}' is not a number; write a decimal point and no thousands separator");
    }

    private Quality ParseQuality(string text)
    {
        if (text.Length == 0)
            return Quality.Good;
        return QualityNames.TryParse(text, out Quality quality) ? quality : throw _csv.Wrong($"quality '{text}' is not known; use Good, Uncertain, Bad or an OPC UA status name");
    }
}
