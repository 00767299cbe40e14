using Gateway.Configuration.Csv;
using Gateway.Configuration.Diagnostics;

namespace Gateway.Configuration.Fields;

/// <summary>Reads the rows of a table one by one. Unknown, doubled and missing columns are reported at once.</summary>
internal sealed class TableReader : FieldReader
{
    private readonly CsvTable _table;
    private readonly int[] _columnOf;

    // A mistyped column is read as what it was probably meant to be, so that not every row is reported too.
    private readonly List<(Field Field, int Column)> _meant = [];

    public TableReader(Shape shape, CsvTable table, DiagnosticBag bag)
        : base(shape, bag)
    {
        _table = table;
        _columnOf = new int[shape.Fields.Length];
        Array.Fill(_columnOf, -1);
        for (int column = 0; column < table.ColumnCount; column++)
            TakeColumn(column);
        foreach (var (field, column) in _meant)
            if (_columnOf[field.Index] < 0)
                _columnOf[field.Index] = column;
        foreach (Field field in shape.Fields)
        {
            if (!field.Required || _columnOf[field.Index] >= 0)
                continue;
            Fail(DiagnosticCodes.ColumnMissing, table.HeaderAt(0), $"column '{field.Name}' is missing; add it to the header");
            Usable = false;
        }
    }

    /// <summary>False when a required column is missing, so that each row would be reported.</summary>
    public bool Usable { get; } = true;

    /// <summary>Number of rows.</summary>
    public int RowCount => _table.RowCount;

    /// <summary>The present row, from 0.</summary>
    public int Row { get; private set; } = -1;

    public override Location Here => _table.At(Row, Math.Max(0, _columnOf[0]));

    protected override string Word => "column";

    /// <summary>Goes to a row and forgets what failed in the former.</summary>
    public void MoveTo(int row)
    {
        Row = row;
        Failed = false;
    }

    public override Location At(Field field, int offset = 0) =>
        _columnOf[field.Index] >= 0 ? _table.At(Row, _columnOf[field.Index], offset) : Here;

    /// <summary>Place of a field in any row.</summary>
    public Location At(int row, Field field, int offset = 0) =>
        _columnOf[field.Index] >= 0 ? _table.At(row, _columnOf[field.Index], offset) : _table.At(row, Math.Max(0, _columnOf[0]));

    protected override bool TryGet(Field field, out string text, out ValueForm form)
    {
        form = ValueForm.Cell;
        int column = _columnOf[field.Index];
        text = column < 0 || _table.IsEmpty(Row, column) ? "" : _table.Cell(Row, column);
        return text.Length > 0;
    }

    private void TakeColumn(int column)
    {
        string name = _table.Header(column);
        if (name.Length == 0)
        {
            for (int row = 0; row < _table.RowCount; row++)
            {
                if (_table.IsEmpty(row, column))
                    continue;
                Bag.Report(DiagnosticCodes.UnknownColumn, _table.At(row, column), $"'{Short(_table.Cell(row, column))}' stands in a column without a name; name the column or remove the text");
                return;
            }
            return;
        }
        Field? field = Shape.Find(name);
        if (field is null)
        {
            Bag.Report(DiagnosticCodes.UnknownColumn, _table.HeaderAt(column), $"column '{Short(name)}' is not known in {Shape.Name}{Bag.Suggest(name, Shape.Names)}");
            if (Suggestion.Nearest(name, Shape.Names) is { } nearest)
                _meant.Add((Shape.Find(nearest)!, column));
        }
        else if (_columnOf[field.Index] >= 0)
            Bag.Report(DiagnosticCodes.DuplicateColumn, _table.HeaderAt(column), $"column '{name}' stands twice; remove one");
        else
            _columnOf[field.Index] = column;
    }
}
