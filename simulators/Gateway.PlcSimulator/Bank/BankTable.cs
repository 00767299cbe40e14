namespace Gateway.PlcSimulator.Bank;

/// <summary>A cell of a table with its place.</summary>
/// <param name="Text">The text, without quotes and outer blanks.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column in characters from 1.</param>
internal readonly record struct BankCell(string Text, int Line, int Column);

/// <summary>
/// Reads what spreadsheets write: comma, semicolon or tab (found in the header), CRLF or LF, quoted cells, a byte order
/// mark, blank lines, and comment lines that begin with #. Used by one thread.
/// </summary>
internal sealed class BankTable
{
    private readonly string _text;
    private char _separator = ',';
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private BankTable(string text) => _text = text;

    /// <summary>The rows, the header first.</summary>
    /// <exception cref="FormatException">A quoted cell has no end, or text behind it; the message begins with the place.</exception>
    public static List<BankCell[]> Read(string text)
    {
        var table = new BankTable(text.TrimStart('\uFEFF'));
        var rows = new List<BankCell[]>();
        while (table.NextLine())
        {
            if (rows.Count == 0)
                table.ChooseSeparator();
            var cells = table.ReadRow();
            if (Array.Exists(cells, cell => cell.Text.Length > 0))
                rows.Add(cells);
        }

        return rows;
    }

    /// <summary>Moves to the next line that is neither blank nor a comment; false at the end.</summary>
    private bool NextLine()
    {
        while (_at < _text.Length)
        {
            var end = EndOfLine();
            var line = _text.AsSpan(_at, end - _at).Trim();
            if (!line.IsEmpty && line[0] != '#')
                return true;
            _at = end;
            TakeLineEnd();
        }

        return false;
    }

    private int EndOfLine()
    {
        var length = _text.AsSpan(_at).IndexOfAny('\r', '\n');
        return length < 0 ? _text.Length : _at + length;
    }

    private void ChooseSeparator()
    {
        var header = _text.AsSpan(_at, EndOfLine() - _at);
        var most = header.Count(',');
        foreach (var candidate in ";\t")
        {
            if (header.Count(candidate) <= most)
                continue;
            most = header.Count(candidate);
            _separator = candidate;
        }
    }

    private BankCell[] ReadRow()
    {
        var cells = new List<BankCell>();
        while (true)
        {
            cells.Add(ReadCell());
            if (_at >= _text.Length || _text[_at] != _separator)
                break;
            _at++;
        }

        TakeLineEnd();
        return [.. cells];
    }

    private BankCell ReadCell()
    {
        while (_at < _text.Length && _text[_at] is ' ' && _text[_at] != _separator)
            _at++;
        var (line, column) = (_line, _at - _lineStart + 1);
        if (_at < _text.Length && _text[_at] == '"')
            return new BankCell(ReadQuoted(line, column), line, column);
        var start = _at;
        while (_at < _text.Length && _text[_at] != _separator && _text[_at] is not ('\r' or '\n'))
            _at++;
        return new BankCell(_text[start.._at].Trim(), line, column);
    }

    private string ReadQuoted(int line, int column)
    {
        var start = ++_at;
        while (true)
        {
            var end = _text.IndexOf('"', _at);
            if (end < 0)
                throw new FormatException($"({line},{column}): error: the quoted cell has no end; add the closing quote");
            _at = end + 1;
            if (_at == _text.Length || _text[_at] != '"')
                break;
            _at++;
        }

        var content = _text[start..(_at - 1)];
        CountLines(content, start);
        while (_at < _text.Length && _text[_at] == ' ')
            _at++;
        if (_at < _text.Length && _text[_at] != _separator && _text[_at] is not ('\r' or '\n'))
            throw new FormatException($"({_line},{_at - _lineStart + 1}): error: there is text behind the closing quote; double the quotes inside a cell");
        return content.Replace("\"\"", "\"", StringComparison.Ordinal).Trim();
    }

    private void CountLines(string content, int start)
    {
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] != '\n')
                continue;
            _line++;
            _lineStart = start + i + 1;
        }
    }

    private void TakeLineEnd()
    {
        if (_at < _text.Length && _text[_at] == '\r')
            _at++;
        if (_at < _text.Length && _text[_at] == '\n')
            _at++;
        _line++;
        _lineStart = _at;
    }
}
