using System.Text;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage;

public sealed partial class Journal
{
    private const string SettingsPart = "alarm settings";

    private readonly byte[]?[] _written; // saved bytes of each alarm as they are in the file
    private readonly HashSet<int> _touched = [];
    private readonly List<string> _obsolete = [];

    private void Write(Connection to, PendingRows rows, ScanCheckpoint? checkpoint, bool whole)
    {
        using SqliteTransaction transaction = to.Sqlite.BeginTransaction(deferred: false);
        long last = to.LastSequence;
        bool windows = rows.Windows.Count > 0;
        _touched.Clear();
        foreach (ScanEvent item in rows.Events)
        {
            // A commit may have succeeded although its answer was an error.
            if (item.Sequence <= to.LastSequence)
                continue;
            Write(to, in item, transaction);
            last = item.Sequence;
            windows |= item.Kind == EventKind.Compliance;
            if (item.Kind == EventKind.Alarm)
                _touched.Add(item.Subject);
        }
        foreach (ClosedWindow window in rows.Windows)
            Write(to, in window, transaction);
        if (rows.Dropped > 0)
            Account(to, new AuditRow(0, UtcNow, last, null, "notStored", null, rows.Dropped, true, "the store failed for longer than events could wait"), transaction);
        List<(int Alarm, byte[] Body)> alarms = checkpoint is null ? [] : SaveAlarms(to, checkpoint, whole, transaction);
        if (checkpoint is not null && (whole || windows))
            to.Save("compliance", CheckpointCodec.Write(checkpoint.Compliance, _limitNames), transaction);
        if (checkpoint is not null)
            to.Sqlite.Execute($"UPDATE fact SET value = {checkpoint.Time.Utc} WHERE name = 'saved_utc'", transaction);
        to.Events.Mark(transaction);
        to.Audit.Mark(transaction);
        to.Windows.Mark(transaction);
        transaction.Commit();
        to.LastSequence = last;
        foreach (var (alarm, body) in alarms)
            _written[alarm] = body;
    }

    private long UtcNow => _time.GetUtcNow().UtcTicks;

    private void Write(Connection to, in ScanEvent item, SqliteTransaction transaction)
    {
        var row = new JournalRow(item, EventSubject.Of(in item, _plant));
        bool chained = item.Kind != EventKind.Quality;
        to.Hash.Begin(chained ? to.Events.Hash : Connection.NoHash);
        row.Hash(to.Hash);
        byte[] hash = to.Hash.End();
        Fill(chained ? to.Events.Row : to.Quality, row);
        if (chained)
            to.Events.Write(item.Sequence, hash, transaction);
        else
            to.Quality.Add(hash).Write(transaction);
        if (ActOf(item, row.Subject) is { } act)
            Account(to, act, transaction);
    }

    private static void Fill(RowWriter writer, in JournalRow row)
    {
        ScanEvent item = row.Item;
        writer.Add(item.Sequence).Add(item.Utc).Add(item.Scan).Add((long)item.Kind).Add(row.Subject.Id);
        writer.Add(item.Code).Add(item.From).Add(item.To).Add(item.Occurrence).Add(item.Value).Add(item.Limit);
        writer.Add(item.Quality.Code).Add(item.Accepted ? 1L : 0L).Add(item.User).Add(item.Reason).Add(item.CorrelationId);
        writer.Add(row.Subject.Priority).Add(row.Subject.Text);
    }

    /// <summary>What of an event must be accounted for: every act of a person, carried out or refused.</summary>
    private static AuditRow? ActOf(in ScanEvent item, in EventSubject subject)
    {
        if (item.User is null)
            return null;
        string? act = item.Kind switch
        {
            EventKind.Alarm => AlarmNames.NameOf((AlarmEventCode)item.Code),
            EventKind.Output => "WRITE " + ((OutputResult)item.Code).ToString().ToUpperInvariant(),
            EventKind.Command => ((CommandVerb)item.Code).ToString().ToUpperInvariant(),
            _ => null,
        };
        return act is null ? null : new AuditRow(0, item.Utc, item.Sequence, item.User, act, subject.Id, item.Value, item.Accepted, item.Reason);
    }

    private static void Account(Connection to, AuditRow act, SqliteTransaction transaction)
    {
        AuditRow row = act with { Number = to.Audit.Last + 1 };
        to.Hash.Begin(to.Audit.Hash);
        row.Hash(to.Hash);
        to.Audit.Row.Add(row.Number).Add(row.Utc).Add(row.Sequence).Add(row.User).Add(row.Act).Add(row.Target).Add(row.Argument).Add(row.Accepted ? 1L : 0L).Add(row.Reason);
        to.Audit.Write(row.Number, to.Hash.End(), transaction);
    }

    private void Write(Connection to, in ClosedWindow closed, SqliteTransaction transaction)
    {
        PermitLimit permit = _plant.Permits[closed.LimitIndex];
        ComplianceWindow window = closed.Window;
        var row = new WindowRow(to.Windows.Last + 1, permit, closed);
        to.Hash.Begin(to.Windows.Hash);
        row.Hash(to.Hash);
        RowWriter writer = to.Windows.Row;
        writer.Add(row.Number).Add(permit.PermitId).Add(permit.Parameter).Add(ComplianceNames.Of(permit.Statistic)).Add(permit.RuleId);
        writer.Add(window.From).Add(window.To).Add(closed.Utc).Add(closed.Scan);
        writer.Add(window.Value).Add(window.Minimum).Add(window.Maximum).Add(window.Limit).Add(window.Temperature).Add(window.Coverage);
        writer.Add(window.Valid).Add(window.Due).Add(ComplianceNames.Of(window.State)).Add(ComplianceNames.Of(window.Reason));
        writer.Add(ComplianceNames.Of(closed.FormerState)).Add(permit.Unit);
        to.Windows.Write(row.Number, to.Hash.End(), transaction);
    }

    /// <summary>Saves the alarms that the rows touched, or all whose saved bytes differ.</summary>
    private List<(int Alarm, byte[] Body)> SaveAlarms(Connection to, ScanCheckpoint checkpoint, bool whole, SqliteTransaction transaction)
    {
        var saved = new List<(int, byte[])>();
        IEnumerable<int> which = whole ? Enumerable.Range(0, checkpoint.Alarms.Length) : _touched;
        foreach (int i in which)
        {
            byte[] body = CheckpointCodec.Write(in checkpoint.Alarms[i]);
            if (_written[i] is { } before && body.AsSpan().SequenceEqual(before))
                continue;
            to.SaveAlarm(checkpoint.Alarms[i].Id, body, transaction);
            saved.Add((i, body));
        }
        return saved;
    }

    private void WriteStart(Connection to, string program, bool wasClean)
    {
        using SqliteTransaction transaction = to.Sqlite.BeginTransaction(deferred: false);
        to.Sqlite.Execute("UPDATE fact SET value = 0 WHERE name = 'clean'", transaction);
        string how = to.IsNew ? "first start" : wasClean ? "after a stop in order" : "after a stop that was not in order";
        Account(to, new AuditRow(0, UtcNow, to.LastSequence, null, "START", _plant.ConfigurationHash, double.NaN, true, $"{program}, {how}"), transaction);
        AccountSettings(to, transaction);
        to.Audit.Mark(transaction);
        // An alarm that comes back after months must not come back acknowledged.
        using SqliteCommand forget = to.Sqlite.Command("DELETE FROM alarm WHERE id = $id", transaction);
        SqliteParameter id = forget.Parameters.Add("$id", SqliteType.Text);
        foreach (string alarm in _obsolete)
        {
            id.Value = alarm;
            forget.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    /// <summary>Every alarm whose settings are others than at the last start is a row of the audit.</summary>
    private void AccountSettings(Connection to, SqliteTransaction transaction)
    {
        string now = AlarmSettings.Of(_plant);
        if (to.ReadSaved(SettingsPart, transaction) is { } before)
            foreach (var (alarm, what) in AlarmSettings.Changes(Encoding.UTF8.GetString(before), now))
                Account(to, new AuditRow(0, UtcNow, to.LastSequence, null, "ALARM SETTINGS", alarm, double.NaN, true, what), transaction);
        to.Save(SettingsPart, Encoding.UTF8.GetBytes(now), transaction);
    }

    private void WriteEnd(Connection to)
    {
        using SqliteTransaction transaction = to.Sqlite.BeginTransaction(deferred: false);
        Account(to, new AuditRow(0, UtcNow, to.LastSequence, null, "STOP", _plant.ConfigurationHash, double.NaN, true, null), transaction);
        to.Audit.Mark(transaction);
        to.Sqlite.Execute("UPDATE fact SET value = 1 WHERE name = 'clean'", transaction);
        transaction.Commit();
    }
}
