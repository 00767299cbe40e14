using System.Globalization;
using Gateway.Configuration.Csv;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Site;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Tags;

namespace Gateway.Configuration.Samples;

/// <summary>
/// Reads a table of samples: long (<c>time,parameter,value[,unit][,quality]</c>, also with <c>tag</c> as replay has it)
/// or wide (<c>time</c> and one column for each parameter, its unit in brackets). Used by one thread.
/// </summary>
internal sealed class SampleTable
{
    private readonly CsvTable _table;
    private readonly DiagnosticBag _bag;
    private readonly long _now;
    private readonly Dictionary<string, Draft> _byName = new(StringComparer.Ordinal);
    private readonly bool _isCivil; // times without an offset are civil times of the permit
    private readonly Dictionary<string, Draft>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private SiteCalendar? _calendar;
    private int _timeRow = -1; // row whose time was read last: a long table has each time many times
    private long _timeUtc;

    private SampleTable(CsvTable table, SiteCalendar? calendar, long now, DiagnosticBag bag)
    {
        _table = table;
        _calendar = calendar;
        _isCivil = calendar is not null;
        _bySpan = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
        _now = now;
        _bag = bag;
    }

    /// <summary>Series in the order of the file.</summary>
    public List<Draft> Series { get; } = [];

    /// <summary>Civil time: the one given, or the offset of the first time.</summary>
    public SiteCalendar Calendar => _calendar ?? new SiteCalendar(TimeSpan.Zero);

    /// <summary>Offset of the first time, for the report.</summary>
    public string FirstOffset { get; private set; } = "+00:00";

    /// <summary>Reads all samples; problems go to the bag.</summary>
    /// <param name="table">The file.</param>
    /// <param name="calendar">Civil time for times without an offset, null when the permit does not say.</param>
    /// <param name="now">The present, UTC ticks: later samples are reported.</param>
    /// <param name="bag">Where problems go.</param>
    public static SampleTable Read(CsvTable table, SiteCalendar? calendar, long now, DiagnosticBag bag)
    {
        var samples = new SampleTable(table, calendar, now, bag);
        samples.ReadAll();
        foreach (Draft draft in samples.Series)
            samples.Order(draft);
        return samples;
    }

    private void ReadAll()
    {
        int time = Find("time"), value = Find("value"), name = Math.Max(Find("parameter"), Find("tag"));
        if (time < 0 || (value < 0 && _table.ColumnCount < 2) || (value >= 0 && name < 0))
        {
            _bag.Report(DiagnosticCodes.SampleLayout, _table.HeaderAt(0), "the header fits no layout; write time,parameter,value[,unit][,quality], or time and one column for each parameter such as 'COD (mg/L)'");
            return;
        }
        if (value < 0)
            ReadWide(time);
        else
            ReadLong(time, name, value, Find("unit"), Find("quality"));
    }

    private void ReadLong(int time, int name, int value, int unit, int quality)
    {
        for (int row = 0; row < _table.RowCount; row++)
        {
            if (!TryTime(row, time, out long utc))
                continue;
            ReadOnlySpan<char> called = _table.Span(row, name);
            if (!_bySpan.TryGetValue(called, out Draft? series) || series.Unit.Length == 0)
                series = SeriesOf(called.ToString(), unit < 0 ? "" : _table.Cell(row, unit));
            double factor = unit < 0 ? 1 : FactorTo(series.Unit, row, unit);
            bool good = quality < 0 || _table.IsEmpty(row, quality) || (QualityNames.TryParse(_table.Cell(row, quality), out Quality read) && read.IsGood);
            Add(series, row, value, utc, factor, good);
        }
    }

    private void ReadWide(int time)
    {
        var columns = new Draft?[_table.ColumnCount];
        for (int column = 0; column < columns.Length; column++)
        {
            if (column == time)
                continue;
            (string name, string unit) = SplitHeader(_table.Header(column));
            columns[column] = SeriesOf(name, unit);
        }
        for (int row = 0; row < _table.RowCount; row++)
        {
            if (!TryTime(row, time, out long utc))
                continue;
            for (int column = 0; column < columns.Length; column++)
                if (columns[column] is { } series)
                    Add(series, row, column, utc, 1, true);
        }
    }

    private void Add(Draft series, int row, int column, long utc, double factor, bool good)
    {
        ReadOnlySpan<char> text = _table.Span(row, column);
        if (text.IsEmpty)
        {
            series.Samples.Add(new LaboratorySample(utc, double.NaN, SampleQualifier.None, false));
            return;
        }
        SampleQualifier qualifier = text[0] switch
        {
            '<' => SampleQualifier.Below,
            '>' => SampleQualifier.Above,
            _ => SampleQualifier.None,
        };
        ReadOnlySpan<char> digits = qualifier == SampleQualifier.None ? text : text[1..].TrimStart();
        if (!FastText.TryNumber(digits, out double value) && (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || !double.IsFinite(value)))
        {
            _bag.Report(DiagnosticCodes.SampleValue, _table.At(row, column), $"'{FieldReader.Short(text.ToString())}' is no value; write a number with a decimal point, '<0.5' or '>100'");
            return;
        }
        if (value < 0 && series.IsConcentration)
        {
            _bag.Report(DiagnosticCodes.NegativeSample, _table.At(row, column), $"a concentration of {FieldReader.Short(text.ToString())} cannot be; it is left out");
            good = false;
        }
        series.Samples.Add(new LaboratorySample(utc, value * factor, qualifier, good));
        series.Rows.Add((utc, row));
    }

    private bool TryTime(int row, int column, out long utc)
    {
        ReadOnlySpan<char> text = _table.Span(row, column);
        utc = _timeUtc;
        if (_timeRow >= 0 && text.SequenceEqual(_table.Span(_timeRow, column)))
            return true;
        if (!TryTime(text, out utc))
        {
            _bag.Report(DiagnosticCodes.SampleTime, _table.At(row, column), $"'{FieldReader.Short(text.ToString())}' is no time; write it like 2026-03-01T08:00:00+08:00, or without offset when the permit file has 'timeZone'");
            return false;
        }
        if (utc > _now)
            _bag.Report(DiagnosticCodes.FutureSample, _table.At(row, column), $"the sample of {FieldReader.Short(text.ToString())} lies in the future; check date and time zone");
        else
            (_timeRow, _timeUtc) = (row, utc);
        return true;
    }

    private bool TryTime(ReadOnlySpan<char> text, out long utc)
    {
        utc = 0;
        if (!FastText.TryTime(text, out long ticks, out long offset, out bool hasOffset))
        {
            hasOffset = text.EndsWith('Z') || (text.Length > 10 && text[10..].IndexOfAny('+', '-') >= 0);
            // Only the order of ISO 8601: 01.03.2026 is another day in another country.
            bool isIso = text.Length >= 10 && text[4] == '-' && text[7] == '-';
            if (!isIso || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
                return false;
            (ticks, offset) = (time.Ticks, time.Offset.Ticks);
        }
        if (!hasOffset && !_isCivil)
            return false;
        utc = ticks - offset;
        if (!hasOffset)
            utc -= _calendar!.OffsetAt(utc - _calendar.OffsetAt(utc)); // what was read as UTC is civil time
        if (_calendar is not null)
            return true;
        _calendar = new SiteCalendar(TimeSpan.FromTicks(offset));
        FirstOffset = (offset < 0 ? "-" : "+") + TimeSpan.FromTicks(offset).ToString(@"hh\:mm", CultureInfo.InvariantCulture);
        return true;
    }

    private Draft SeriesOf(string name, string unit)
    {
        if (_byName.TryGetValue(name, out Draft? series))
        {
            if (series.Unit.Length == 0)
                series.Unit = unit;
            return series;
        }
        series = new Draft(name) { Unit = unit };
        _byName.Add(name, series);
        Series.Add(series);
        return series;
    }

    /// <summary>Factor from the unit of a row to that of its series.</summary>
    private double FactorTo(string unit, int row, int column)
    {
        if (_table.Span(row, column) is var span && (span.IsEmpty || span.SequenceEqual(unit)))
            return 1;
        string text = _table.Cell(row, column);
        if (Unit.TryParse(text, out Unit own, out _) && Unit.TryParse(unit, out Unit series, out _) && own.SameDimension(series))
            return own.Factor / series.Factor;
        _bag.Report(DiagnosticCodes.SampleUnit, _table.At(row, column), $"'{FieldReader.Short(text)}' does not convert into '{FieldReader.Short(unit)}', the first unit of the parameter; correct one");
        return 1;
    }

    private void Order(Draft series)
    {
        if (IsInOrder(series.Samples))
            return; // as loggers write them, without duplicates
        series.Samples.Sort((a, b) => a.Utc.CompareTo(b.Utc));
        series.Rows.Sort();
        for (int i = 1; i < series.Rows.Count; i++)
            if (series.Rows[i].Utc == series.Rows[i - 1].Utc)
                _bag.Report(DiagnosticCodes.DuplicateSample, _table.At(series.Rows[i].Row, 0), $"'{FieldReader.Short(series.Name)}' has two samples at this time; remove one");
    }

    private static bool IsInOrder(List<LaboratorySample> samples)
    {
        for (int i = 1; i < samples.Count; i++)
            if (samples[i].Utc <= samples[i - 1].Utc)
                return false;
        return true;
    }

    private int Find(string header)
    {
        for (int column = 0; column < _table.ColumnCount; column++)
            if (string.Equals(_table.Header(column), header, StringComparison.OrdinalIgnoreCase))
                return column;
        return -1;
    }

    private static (string Name, string Unit) SplitHeader(string header)
    {
        int open = header.LastIndexOfAny(['(', '[']);
        return open > 0 && header[^1] is ')' or ']' ? (header[..open].TrimEnd(), header[(open + 1)..^1].Trim()) : (header, "");
    }

    /// <summary>A series while it is read.</summary>
    internal sealed class Draft(string name)
    {
        private bool? _isConcentration;

        public string Name { get; } = name;
        public string Unit { get; set; } = "";
        public List<LaboratorySample> Samples { get; } = [];
        public List<(long Utc, int Row)> Rows { get; } = [];

        /// <summary>A mass per volume, which is never negative.</summary>
        public bool IsConcentration => _isConcentration ??= Runtime.Expressions.Unit.TryParse(Unit, out Unit unit, out _) && unit is { Mass: 1, Length: -3, Time: 0 };
    }
}
