using System.Globalization;
using System.Text;

namespace Gateway.Replay;

/// <summary>
/// Reads a recorded file row by row, in memory of one line: comma or semicolon by the header, quoted cells, a byte
/// order mark. A cell does not span lines, so that a file of any length streams. One thread.
/// </summary>
internal sealed class ReplayCsv : IDisposable
{
    private const int LongestLine = 64 * 1024;

    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK",
    ];

    private readonly string _file;
    private readonly StreamReader _reader;
    private readonly char _separator;
    private readonly int[] _columns;
    private readonly List<string> _cells = [];

    /// <summary>Opens the file and finds the columns in its header.</summary>
    /// <param name="file">Path.</param>
    /// <param name="required">How many of <paramref name="columns"/>, from the first, must be there.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <exception cref="ReplayInputException">The file cannot be read or a column is missing.</exception>
    public ReplayCsv(string file, int required, params string[] columns)
    {
        _file = file;
        try
        {
            _reader = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong(e.Message);
        }
        string header = ReadLine() ?? throw Wrong("the file is empty; its first line must name the columns");
        _separator = header.Contains(';', StringComparison.Ordinal) && !header.Contains(',', StringComparison.Ordinal) ? ';' : ',';
        Split(header);
        _columns = new int[columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            _columns[i] = _cells.FindIndex(cell => cell.Trim() == columns[i]);
            if (_columns[i] < 0 && i < required)
                throw Wrong($"column '{columns[i]}' is missing in the header");
        }
    }

    /// <summary>Line of the current row, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Goes to the next row that is not blank.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="ReplayInputException">The row cannot be split into cells.</exception>
    public bool Read()
    {
        while (ReadLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            Split(line);
            return true;
        }
        return false;
    }

    /// <summary>The cell of a column in the current row; empty when the column or the cell is absent.</summary>
    public string Cell(int column)
    {
        int index = _columns[column];
        return index < 0 || index >= _cells.Count ? "" : _cells[index];
    }

    /// <summary>What is wrong with the current row.</summary>
    public ReplayInputException Wrong(string text) => new(_file, Math.Max(Line, 1), text);

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    /// <summary>UTC ticks of an ISO 8601 time; null when it cannot be read or has no offset.</summary>
    public static long? Time(string text)
    {
        // A time without an offset would silently be local or UTC: it is refused.
        bool hasOffset = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        return hasOffset && DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset time) ? time.UtcTicks : null;
    }

    private string? ReadLine()
    {
        try
        {
            string? line = _reader.ReadLine();
            if (line is not null)
                Line++;
            return line is null || line.Length <= LongestLine ? line : throw Wrong($"the line has {line.Length} characters; this is not a table of recorded values");
        }
        catch (DecoderFallbackException)
        {
            throw Wrong("the file is not UTF-8; save it as 'CSV UTF-8'");
        }
        catch (IOException e)
        {
            throw Wrong(e.Message);
        }
    }

    private void Split(string line)
    {
        _cells.Clear();
        int at = 0;
        while (true)
        {
            if (at < line.Length && line[at] == '"')
            {
                at = Quoted(line, at);
            }
            else
            {
                int end = line.IndexOf(_separator, at);
                _cells.Add(end < 0 ? line[at..] : line[at..end]);
                at = end < 0 ? line.Length : end;
            }
            if (at >= line.Length)
                return;
            if (line[at] != _separator)
                throw Wrong($"'{line[at]}' follows a closing quote; separate the cells");
            at++;
        }
    }

    private int Quoted(string line, int at)
    {
        var text = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] != '"')
                text.Append(line[at]);
            else if (at + 1 < line.Length && line[at + 1] == '"')
                text.Append(line[at++]);
            else
            {
                _cells.Add(text.ToString());
                return at + 1;
            }
        }
        throw Wrong("a quoted cell does not end on its line");
    }
}
