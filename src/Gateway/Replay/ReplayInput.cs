using System.Globalization;
using Gateway.Runtime.Tags;
using Sylvan.Data.Csv;

namespace Gateway.Replay;

/// <summary>What is wrong with a recorded file, with its place, cause and cure.</summary>
public sealed class ReplayInputException(string file, int line, string text)
    : Exception($"{file}({line.ToString(CultureInfo.InvariantCulture)},1): error GW6001: {text}");

/// <summary>Reads recorded inputs row by row: <c>time,tag,value,quality</c>, sorted by time. One thread.</summary>
public sealed class ReplayInput : IDisposable
{
    private readonly string _file;
    private readonly CsvDataReader _reader;
    private readonly Dictionary<string, int> _tags;
    private readonly int _time;
    private readonly int _tag;
    private readonly int _value;
    private readonly int _quality;
    private long _last = long.MinValue;

    /// <summary>Opens <paramref name="file"/> and checks its header.</summary>
    /// <exception cref="ReplayInputException">The file cannot be read or a column is missing.</exception>
    public ReplayInput(string file, TagDefinition[] tags)
    {
        _file = file;
        _tags = tags.ToDictionary(t => t.Name, t => t.Index, StringComparer.Ordinal);
        _reader = ReplayCsv.Open(file);
        _time = ReplayCsv.Column(_reader, file, "time", required: true);
        _tag = ReplayCsv.Column(_reader, file, "tag", required: true);
        _value = ReplayCsv.Column(_reader, file, "value", required: true);
        _quality = ReplayCsv.Column(_reader, file, "quality", required: false);
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
        try
        {
            AtEnd = !_reader.Read();
        }
        catch (Exception e) when (e is IOException or FormatException or InvalidOperationException)
        {
            throw Wrong(e.Message);
        }
        if (AtEnd)
            return;
        Rows++;
        Time = ReplayCsv.Time(_reader.GetString(_time)) ?? throw Wrong($"'{_reader.GetString(_time)}' is not an ISO 8601 time with an offset, such as 2026-03-01T08:00:00+08:00");
        if (Time < _last)
            throw Wrong("the rows are not sorted by time; sort the file by its time column");
        _last = Time;
        string name = _reader.GetString(_tag);
        if (!_tags.TryGetValue(name, out int tag))
            throw Wrong($"tag '{name}' is not defined in the site's tags.csv");
        Tag = tag;
        Value = ParseValue(_reader.GetString(_value));
        Quality = _quality < 0 || _quality >= _reader.RowFieldCount ? Quality.Good : ParseQuality(_reader.GetString(_quality));
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private double ParseValue(string text)
    {
        if (text.Length == 0)
            return double.NaN;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw Wrong($"'{text}' is not a number; write a decimal point and no thousands separator");
    }

    private Quality ParseQuality(string text)
    {
        if (text.Length == 0)
            return Quality.Good;
        return QualityNames.TryParse(text, out Quality quality) ? quality : throw Wrong($"quality '{text}' is not known; use Good, Uncertain, Bad or an OPC UA status name");
    }

    private ReplayInputException Wrong(string text) => new(_file, _reader.RowNumber + 1, text);
}
