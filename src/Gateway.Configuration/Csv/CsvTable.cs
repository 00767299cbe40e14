using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Text;

namespace Gateway.Configuration.Csv;

/// <summary>Where the content of a cell lies in the file.</summary>
/// <param name="Start">Offset of the first character, after an opening quote.</param>
/// <param name="End">Offset after the last character, before a closing quote.</param>
/// <param name="Quoted">True when doubled quotes inside stand for one.</param>
internal readonly record struct CsvCell(int Start, int End, bool Quoted);

/// <summary>A table of cells with their places. Each row has as many cells as the header. Immutable after reading.</summary>
internal sealed class CsvTable
{
    private readonly CsvCell[] _cells;

    /// <summary>Makes a table of <paramref name="cells"/>, row by row, the header first.</summary>
    public CsvTable(SourceText source, CsvCell[] cells, int columnCount)
    {
        Source = source;
        _cells = cells;
        ColumnCount = columnCount;
    }

    /// <summary>The file.</summary>
    public SourceText Source { get; }

    /// <summary>Number of columns of the header.</summary>
    public int ColumnCount { get; }

    /// <summary>Number of rows without the header.</summary>
    public int RowCount => ColumnCount == 0 ? 0 : _cells.Length / ColumnCount - 1;

    /// <summary>Text of a header cell.</summary>
    public string Header(int column) => Content(_cells[column]);

    /// <summary>Place of a header cell.</summary>
    public Location HeaderAt(int column) => Source.At(_cells[column].Start);

    /// <summary>Text of a cell, without blanks around it; row from 0.</summary>
    public string Cell(int row, int column) => Content(_cells[(row + 1) * ColumnCount + column]);

    /// <summary>Text of a cell as <see cref="Cell"/> gives it, without making a string where none is needed.</summary>
    public ReadOnlySpan<char> Span(int row, int column)
    {
        CsvCell cell = _cells[(row + 1) * ColumnCount + column];
        ReadOnlySpan<char> text = Source.Text.AsSpan(cell.Start, cell.End - cell.Start);
        return cell.Quoted && text.Contains('"') ? Content(cell) : text.Trim();
    }

    /// <summary>True when a cell holds nothing but blanks.</summary>
    public bool IsEmpty(int row, int column)
    {
        CsvCell cell = _cells[(row + 1) * ColumnCount + column];
        return Source.Text.AsSpan(cell.Start, cell.End - cell.Start).IsWhiteSpace();
    }

    /// <summary>Place of the character at <paramref name="offset"/> of a cell's text.</summary>
    public Location At(int row, int column, int offset = 0)
    {
        CsvCell cell = _cells[(row + 1) * ColumnCount + column];
        string text = Source.Text;
        int at = cell.Start;
        while (at < cell.End && char.IsWhiteSpace(text[at]))
            at++;
        for (int i = 0; i < offset && at < cell.End; i++)
            at += cell.Quoted && text[at] == '"' ? 2 : 1;
        return Source.At(at);
    }

    private string Content(CsvCell cell)
    {
        string text = Source.Text[cell.Start..cell.End];
        if (cell.Quoted)
            text = text.Replace("\"\"", "\"", StringComparison.Ordinal);
        return text.Trim();
    }
}
