using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Text;

namespace Gateway.Configuration.Csv;

/// <summary>
/// Reads what spreadsheets write: comma, semicolon or tab (found in the header), CRLF or LF, quoted cells with line
/// ends and doubled quotes, blank lines, and comment lines that begin with #. Used by one thread.
/// </summary>
/// <remarks>
/// An own reader because diagnostics need the line and column of a character inside a quoted cell that spans lines,
/// which the CSV packages do not give.
/// </remarks>
internal sealed class CsvTableReader
{
    private const int MaxColumns = 256;

    private readonly SourceText _source;
    private readonly string _text;
    private readonly DiagnosticBag _bag;
    private readonly int _maxRows;
    private readonly List<CsvCell> _cells = [];
    private readonly List<CsvCell> _row = [];
    private char _separator = ',';
    private int _at;
    private bool _broken;

    private CsvTableReader(SourceText source, DiagnosticBag bag, int maxRows)
    {
        _source = source;
        _text = source.Text;
        _bag = bag;
        _maxRows = maxRows;
    }

    /// <summary>The table, or null with diagnostics when it has no header.</summary>
    public static CsvTable? Read(SourceText source, DiagnosticBag bag, int maxRows) => new CsvTableReader(source, bag, maxRows).Read();

    private CsvTable? Read()
    {
        if (!NextLine())
        {
            _bag.Report(DiagnosticCodes.CsvHeader, new Location(_source.Path, 1, 1), "the file has no header line; write the column names into the first line");
            return null;
        }
        ChooseSeparator();
        if (!NextLine())
            return null;
        ReadRow();
        int columns = _row.Count;
        if (!CheckHeader(columns))
            return null;
        _cells.AddRange(_row);
        int rows = 0;
        while (!_broken && NextLine())
        {
            ReadRow();
            if (_broken || IsBlankOrComment() || !FitsHeader(columns))
                continue;
            if (++rows > _maxRows)
            {
                _bag.Report(DiagnosticCodes.TooManyRows, _source.At(_row[0].Start), $"the table has more than {_maxRows} rows; split the site over two gateways");
                break;
            }
            _cells.AddRange(_row);
        }
        return new CsvTable(_source, [.. _cells], columns);
    }

    /// <summary>Moves to the next line that is neither blank nor a comment; false at the end.</summary>
    private bool NextLine()
    {
        while (_at < _text.Length)
        {
            int start = _at;
            while (start < _text.Length && _text[start] is ' ' or '\t')
                start++;
            if (start == _text.Length)
                return false;
            if (_text[start] is not ('\r' or '\n' or '#'))
                return true;
            SkipLine();
        }
        return false;
    }

    private void SkipLine()
    {
        while (_at < _text.Length && _text[_at] is not ('\r' or '\n'))
            _at++;
        SkipLineEnd();
    }

    private void SkipLineEnd()
    {
        if (_at < _text.Length && _text[_at] == '\r')
            _at++;
        if (_at < _text.Length && _text[_at] == '\n')
            _at++;
    }

    /// <summary>The most frequent of the three in the header wins; a line <c>sep=;</c> as spreadsheets write it decides at once.</summary>
    private void ChooseSeparator()
    {
        if (_text.AsSpan(_at).StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && _at + 4 < _text.Length)
        {
            _separator = _text[_at + 4];
            SkipLine();
            return;
        }
        int commas = 0, semicolons = 0, tabs = 0;
        bool quoted = false;
        for (int i = _at; i < _text.Length && (quoted || _text[i] is not ('\r' or '\n')); i++)
        {
            quoted ^= _text[i] == '"';
            if (quoted)
                continue;
            commas += _text[i] == ',' ? 1 : 0;
            semicolons += _text[i] == ';' ? 1 : 0;
            tabs += _text[i] == '\t' ? 1 : 0;
        }
        if (semicolons > commas && semicolons >= tabs)
            _separator = ';';
        else if (tabs > commas)
            _separator = '\t';
    }

    private bool CheckHeader(int columns)
    {
        string first = _text[_row[0].Start.._row[0].End];
        if (columns == 1 && first.AsSpan().IndexOfAny('\uFF0C', '\uFF1B') >= 0)
        {
            _bag.Report(DiagnosticCodes.CsvHeader, _source.At(_row[0].Start), "the columns are separated by full-width '\uFF0C' or '\uFF1B'; separate them by ',' or ';'");
            return false;
        }
        if (columns <= MaxColumns && !_broken)
            return true;
        if (!_broken)
            _bag.Report(DiagnosticCodes.CsvHeader, _source.At(_row[0].Start), $"the header has {columns} columns, at most {MaxColumns} are read; remove the others");
        return false;
    }

    private void ReadRow()
    {
        _row.Clear();
        while (true)
        {
            _row.Add(ReadCell());
            if (_at < _text.Length && _text[_at] == _separator)
            {
                _at++;
                continue;
            }
            SkipLineEnd();
            return;
        }
    }

    private CsvCell ReadCell()
    {
        int start = _at;
        while (start < _text.Length && _text[start] is ' ' or '\t' && _text[start] != _separator)
            start++;
        if (start < _text.Length && _text[start] == '"')
            return ReadQuoted(start);
        int quote = -1;
        while (_at < _text.Length && _text[_at] != _separator && _text[_at] is not ('\r' or '\n'))
        {
            if (_text[_at] == '"' && quote < 0)
                quote = _at;
            _at++;
        }
        if (quote >= 0)
            _bag.Report(DiagnosticCodes.CsvQuote, _source.At(quote), "a quote stands inside a cell without quotes; put the cell in quotes and double the quote inside");
        return new CsvCell(start > _at ? _at : start, _at, false);
    }

    private CsvCell ReadQuoted(int open)
    {
        _at = open + 1;
        while (true)
        {
            int close = _text.IndexOf('"', _at);
            if (close < 0)
            {
                _bag.Report(DiagnosticCodes.CsvQuote, _source.At(open), "the quote opened here is never closed; close it, or double a quote that belongs to the text");
                _at = _text.Length;
                _broken = true;
                return new CsvCell(open + 1, _text.Length, false);
            }
            _at = close + 1;
            if (_at < _text.Length && _text[_at] == '"')
            {
                _at++;
                continue;
            }
            SkipToCellEnd();
            return new CsvCell(open + 1, close, true);
        }
    }

    private void SkipToCellEnd()
    {
        bool reported = false;
        while (_at < _text.Length && _text[_at] != _separator && _text[_at] is not ('\r' or '\n'))
        {
            if (_text[_at] is not (' ' or '\t') && !reported)
            {
                _bag.Report(DiagnosticCodes.CsvQuote, _source.At(_at), "text follows the closing quote; double a quote that belongs to the text");
                reported = true;
            }
            _at++;
        }
    }

    private bool IsBlankOrComment()
    {
        // A spreadsheet quotes a comment that holds a separator.
        if (_row[0].Quoted && _row[0].Start < _row[0].End && _text[_row[0].Start] == '#')
            return true;
        foreach (CsvCell cell in _row)
            if (!_text.AsSpan(cell.Start, cell.End - cell.Start).IsWhiteSpace())
                return false;
        return true;
    }

    private bool FitsHeader(int columns)
    {
        // Spreadsheets pad rows with empty cells on the right; that is no information.
        while (_row.Count > columns && _text.AsSpan(_row[^1].Start, _row[^1].End - _row[^1].Start).IsWhiteSpace())
            _row.RemoveAt(_row.Count - 1);
        if (_row.Count == columns)
            return true;
        CsvCell place = _row.Count > columns ? _row[columns] : _row[0];
        _bag.Report(DiagnosticCodes.CsvCellCount, _source.At(place.Start),
            $"the row has {_row.Count} cells, the header {columns}; a separator is missing, or a text that holds '{(_separator == '\t' ? "tab" : _separator.ToString())}' is not in quotes");
        return false;
    }
}
