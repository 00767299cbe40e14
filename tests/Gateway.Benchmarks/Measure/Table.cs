using System.Text;

namespace Gateway.Benchmarks.Measure;

/// <summary>A table in Markdown whose columns also line up on a terminal.</summary>
internal sealed class Table(params string[] head)
{
    private readonly List<string[]> _rows = [head];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print(TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, _rows[0].Length).Select(c => _rows.Max(r => r[c].Length))];
        for (int r = 0; r < _rows.Count; r++)
        {
            output.WriteLine(Line(_rows[r], widths));
            if (r == 0)
                output.WriteLine("|" + string.Concat(widths.Select((w, c) => c == 0 ? new string('-', w + 2) + "|" : new string('-', w + 1) + ":|")));
        }
        output.WriteLine();
    }

    private static string Line(string[] cells, int[] widths)
    {
        var line = new StringBuilder("|");
        for (int c = 0; c < cells.Length; c++)
            line.Append(' ').Append(c == 0 ? cells[c].PadRight(widths[c]) : cells[c].PadLeft(widths[c])).Append(" |");
        return line.ToString();
    }
}
