using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

/// <summary>Statements of this assembly on a connection.</summary>
internal static class Sql
{
    /// <summary>A statement.</summary>
    /// <param name="connection">Where it runs.</param>
    /// <param name="sql">A constant of this assembly; values are parameters or our own numbers.</param>
    /// <param name="transaction">The one it belongs to; null for the open one of the connection.</param>
    public static SqliteCommand Command(this SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // See the parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        // Without one the command belongs to the transaction that is open on the connection, if any.
        if (transaction is not null)
            command.Transaction = transaction;
        return command;
    }

    /// <summary>Runs a statement that answers nothing.</summary>
    public static void Execute(this SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = connection.Command(sql, transaction);
        command.ExecuteNonQuery();
    }

    /// <summary>The number that a statement answers; 0 for none.</summary>
    public static long Number(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.Command(sql);
        return command.ExecuteScalar() is long number ? number : 0;
    }
}
