using System.Globalization;

namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// A table of numbers with a head line, as the benchmark's data files are; columns are separated by comma, semicolon or
/// tab. What is wrong is said in the form compilers use. Immutable.
/// </summary>
internal sealed class NumberTable
{
    private const int MostBytes = 64 << 20;
    private const int MostErrors = 20;
    private static readonly char[] Separators = [',', ';', '\t'];

    private readonly Dictionary<string, int> _columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<double[]> _rows = [];
    private readonly List<string> _errors = [];

    private NumberTable(string path) => Path = path;

    public string Path { get; }

    public IReadOnlyList<string> Errors => _errors;

    public IReadOnlyCollection<string> Columns => _columns.Keys;

    public int Count => _rows.Count;

    /// <summary>Reads a file; look at <see cref="Errors"/> before anything else.</summary>
    public static NumberTable Load(string path)
    {
        var table = new NumberTable(path);
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                table._errors.Add($"{path}: error: the file is larger than {MostBytes} bytes");
            else
                table.Read(File.ReadLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            table._errors.Add($"{path}: error: {e.Message}");
        }

        return table;
    }

    /// <summary>Reads lines; <paramref name="path"/> is printed in errors.</summary>
    public static NumberTable Parse(string path, IEnumerable<string> lines)
    {
        var table = new NumberTable(path);
        table.Read(lines);
        return table;
    }

    public int? Find(string column) => _columns.TryGetValue(column, out var index) ? index : null;

    public double this[int row, int column] => _rows[row][column];

    /// <summary>Notes an error in a row; the head is in line 1.</summary>
    public void Fail(int row, string message) => _errors.Add($"{Path}({row + 2},1): error: {message}");

    private void Read(IEnumerable<string> lines)
    {
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (number == 1)
                ReadHead(line.TrimStart('\uFEFF'));
            else if (line.AsSpan().Trim().Length > 0)
                ReadRow(line, number);
            if (_errors.Count < MostErrors)
                continue;
            _errors.Add($"{Path}: error: too many errors; the rest of the file was not read");
            return;
        }

        if (_rows.Count == 0 && _errors.Count == 0)
            _errors.Add($"{Path}(1,1): error: the file has no rows of numbers");
    }

    private void ReadHead(string line)
    {
        var names = line.Split(Separators);
        for (var column = 0; column < names.Length; column++)
        {
            if (!_columns.TryAdd(names[column].Trim(), column))
                _errors.Add($"{Path}(1,{column + 1}): error: the column '{names[column].Trim()}' stands twice");
        }
    }

    private void ReadRow(string line, int number)
    {
        var row = new double[_columns.Count];
        var column = 0;
        foreach (var range in line.AsSpan().SplitAny(Separators))
        {
            var cell = line.AsSpan(range).Trim();
            if (column < row.Length && !(double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out row[column]) && double.IsFinite(row[column])))
                _errors.Add($"{Path}({number},{range.Start.Value + 1}): error: '{cell}' is not a number");
            column++;
        }

        if (column != row.Length)
            _errors.Add($"{Path}({number},1): error: the row has {column} cells, the head {row.Length}");
        _rows.Add(row);
    }
}
