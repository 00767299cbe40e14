using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

/// <summary>One prepared INSERT with its parameters in the order of the columns. Belongs to its connection.</summary>
internal sealed class RowWriter : IDisposable
{
    private readonly SqliteCommand _command;
    private int _next;

    /// <summary>Prepares <c>INSERT [OR …] INTO table (columns) VALUES (…)</c>.</summary>
    public RowWriter(SqliteConnection connection, string insert, string table, string columns)
    {
        string[] names = columns.Split(", ");
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // The parts are constants of this assembly.
        _command.CommandText = $"{insert} INTO {table} ({columns}) VALUES ({string.Join(", ", names.Select((_, i) => "$" + i))})";
#pragma warning restore CA2100
        for (int i = 0; i < names.Length; i++)
            _command.Parameters.Add(new SqliteParameter("$" + i, null));
    }

    public RowWriter Add(long value) => Set(value, SqliteType.Integer);

    public RowWriter Add(double value) => double.IsNaN(value) ? Set(DBNull.Value, SqliteType.Real) : Set(value + 0.0, SqliteType.Real);

    public RowWriter Add(string? text) => Set(text ?? (object)DBNull.Value, SqliteType.Text);

    public RowWriter Add(byte[] bytes) => Set(bytes, SqliteType.Blob);

    /// <summary>Inserts the row.</summary>
    /// <returns>How many rows it became: 1, or 0 when there was one already and it was to be left.</returns>
    public int Write(SqliteTransaction transaction)
    {
        _next = 0;
        _command.Transaction = transaction;
        return _command.ExecuteNonQuery();
    }

    public void Dispose() => _command.Dispose();

    private RowWriter Set(object value, SqliteType type)
    {
        SqliteParameter parameter = _command.Parameters[_next++];
        parameter.SqliteType = type;
        parameter.Value = value;
        return this;
    }
}
