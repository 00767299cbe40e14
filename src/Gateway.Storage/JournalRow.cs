using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Tags;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

/// <summary>One stored event: the fact as the scan told it, and its subject in words as they were then.</summary>
/// <param name="Item">The event; its index of the subject is -1, see <see cref="SubjectIndex"/>.</param>
/// <param name="Subject">Name, priority and text of the subject.</param>
public readonly record struct JournalRow(ScanEvent Item, EventSubject Subject)
{
    internal static JournalRow Read(SqliteDataReader row)
    {
        var item = new ScanEvent
        {
            Sequence = row.GetInt64(0),
            Utc = row.GetInt64(1),
            Scan = row.GetInt64(2),
            Kind = (EventKind)row.GetInt32(3),
            Subject = -1,
            Code = row.GetInt32(5),
            From = row.GetInt32(6),
            To = row.GetInt32(7),
            Occurrence = row.GetInt32(8),
            Value = Number(row, 9),
            Limit = Number(row, 10),
            Quality = new Quality((uint)row.GetInt64(11)),
            Accepted = row.GetInt32(12) != 0,
            User = Text(row, 13),
            Reason = Text(row, 14),
            CorrelationId = row.GetInt64(15),
        };
        return new JournalRow(item, new EventSubject(Text(row, 4), row.GetInt32(16), Text(row, 17)));
    }

    internal static double Number(SqliteDataReader row, int column) => row.IsDBNull(column) ? double.NaN : row.GetDouble(column);

    internal static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    internal void Hash(RowHash hash)
    {
        ScanEvent item = Item;
        hash.Add(item.Sequence);
        hash.Add(item.Utc);
        hash.Add(item.Scan);
        hash.Add((long)item.Kind);
        hash.Add(Subject.Id);
        hash.Add(item.Code);
        hash.Add(item.From);
        hash.Add(item.To);
        hash.Add(item.Occurrence);
        hash.Add(item.Value);
        hash.Add(item.Limit);
        hash.Add(item.Quality.Code);
        hash.Add(item.Accepted ? 1 : 0);
        hash.Add(item.User);
        hash.Add(item.Reason);
        hash.Add(item.CorrelationId);
        hash.Add(Subject.Priority);
        hash.Add(Subject.Text);
    }
}

/// <summary>One act of a person or of the program that must be accounted for.</summary>
/// <param name="Number">Order, from 1 without gaps.</param>
/// <param name="Utc">Time, UTC ticks.</param>
/// <param name="Sequence">The event that told it; 0 for acts of the program itself.</param>
/// <param name="User">Who; null for the program.</param>
/// <param name="Act">What.</param>
/// <param name="Target">Alarm or output; null for none.</param>
/// <param name="Argument">Occurrence, seconds or value; NaN for none.</param>
/// <param name="Accepted">Whether it was carried out.</param>
/// <param name="Reason">Why, or why it was refused.</param>
public readonly record struct AuditRow(long Number, long Utc, long Sequence, string? User, string Act, string? Target, double Argument, bool Accepted, string? Reason)
{
    internal void Hash(RowHash hash)
    {
        hash.Add(Number);
        hash.Add(Utc);
        hash.Add(Sequence);
        hash.Add(User);
        hash.Add(Act);
        hash.Add(Target);
        hash.Add(Argument);
        hash.Add(Accepted ? 1 : 0);
        hash.Add(Reason);
    }
}

/// <summary>One closed permit window.</summary>
/// <param name="Number">Order, from 1 without gaps.</param>
/// <param name="Permit">The limit it was judged by, as configured then: permit, parameter, statistic, rule and unit are kept.</param>
/// <param name="Closed">The verdict.</param>
internal readonly record struct WindowRow(long Number, PermitLimit Permit, ClosedWindow Closed)
{
    public void Hash(RowHash hash)
    {
        ComplianceWindow window = Closed.Window;
        hash.Add(Number);
        hash.Add(Permit.PermitId);
        hash.Add(Permit.Parameter);
        hash.Add(ComplianceNames.Of(Permit.Statistic));
        hash.Add(Permit.RuleId);
        hash.Add(window.From);
        hash.Add(window.To);
        hash.Add(Closed.Utc);
        hash.Add(Closed.Scan);
        hash.Add(window.Value);
        hash.Add(window.Minimum);
        hash.Add(window.Maximum);
        hash.Add(window.Limit);
        hash.Add(window.Temperature);
        hash.Add(window.Coverage);
        hash.Add(window.Valid);
        hash.Add(window.Due);
        hash.Add(ComplianceNames.Of(window.State));
        hash.Add(ComplianceNames.Of(window.Reason));
        hash.Add(ComplianceNames.Of(Closed.FormerState));
        hash.Add(Permit.Unit);
    }
}
