using Gateway.Runtime.Compliance;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

/// <summary>One closed permit window as the journal keeps it. Numbers that the journal has no column for are NaN.</summary>
/// <param name="Permit">Identifier of the permit.</param>
/// <param name="Parameter">Name of the parameter.</param>
/// <param name="Statistic">Name of the statistic.</param>
/// <param name="Rule">Rule and version it was judged by.</param>
/// <param name="Unit">Unit of value and limit.</param>
/// <param name="Window">The window with its verdict.</param>
public sealed record StoredWindow(string Permit, string Parameter, string Statistic, string Rule, string Unit, ComplianceWindow Window)
{
    internal static StoredWindow Read(SqliteDataReader row) => new(row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(20), new ComplianceWindow
    {
        From = row.GetInt64(5),
        To = row.GetInt64(6),
        Value = JournalRow.Number(row, 9),
        Minimum = JournalRow.Number(row, 10),
        Maximum = JournalRow.Number(row, 11),
        Limit = JournalRow.Number(row, 12),
        Temperature = JournalRow.Number(row, 13),
        Coverage = JournalRow.Number(row, 14),
        Valid = row.GetInt32(15),
        Due = row.GetInt32(16),
        State = Named<ComplianceState>(row.GetString(17), ComplianceNames.Of),
        Reason = Named<ComplianceReason>(row.GetString(18), ComplianceNames.Of),
        Headroom = double.NaN,
        RemainingAverage = double.NaN,
        Forecast = double.NaN,
        PatternForecast = double.NaN,
        HoursToBreach = double.NaN,
        RemainingLoad = double.NaN,
        Removal = double.NaN,
        Worst = double.NaN,
    });

    private static T Named<T>(string name, Func<T, string> nameOf)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
            if (nameOf(value) == name)
                return value;
        throw new InvalidOperationException($"'{name}' is no {typeof(T).Name} of this program");
    }
}
