using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Tags;
using Gateway.Runtime.Alarms;
using static Gateway.Configuration.Alarms.SuppressionShape;

namespace Gateway.Configuration.Alarms;

/// <summary>Reads the rows of suppression.csv into the alarms they name. Used by one thread.</summary>
internal static class SuppressionReader
{
    /// <summary>Adds the rows to the alarms.</summary>
    public static void Read(TableReader row, TagSet tags, List<AlarmDefinition> alarms)
    {
        if (!row.Usable)
            return;
        var seen = new Dictionary<(int Tag, int Alarm), int>();
        for (int i = 0; i < row.RowCount; i++)
        {
            row.MoveTo(i);
            row.CheckRequired();
            int tag = tags.Resolve(row, Tag, DiagnosticCodes.AlarmTag);
            var suppression = new AlarmSuppression(tag, (int)Math.Round(row.Number(Hold) * 1000), row.Text(Reason));
            string name = row.Text(Alarm);
            int[] named = [.. Enumerable.Range(0, alarms.Count).Where(a => IsNamed(alarms[a].Id, name))];
            if (named.Length == 0 && name.Length > 0)
                row.Fail(DiagnosticCodes.SuppressedAlarm, Alarm, $"no alarm of alarms.csv is named '{FieldReader.Short(name)}'{row.Bag.Suggest(name, [.. alarms.Select(alarm => alarm.Id)])}");
            if (row.Failed || tag < 0)
                continue;
            foreach (int a in named)
                Add(row, suppression, alarms, a, seen);
        }
    }

    private static void Add(TableReader row, AlarmSuppression suppression, List<AlarmDefinition> alarms, int alarm, Dictionary<(int Tag, int Alarm), int> seen)
    {
        AlarmDefinition definition = alarms[alarm];
        if (!seen.TryAdd((suppression.Tag, alarm), row.Row))
            row.Fail(DiagnosticCodes.SuppressedTwice, Alarm, $"this tag suppresses '{definition.Id}' already, by line {row.At(seen[(suppression.Tag, alarm)], Alarm).Line}; remove one");
        else if (suppression.Tag == definition.Tag)
            row.Fail(DiagnosticCodes.AlarmSuppressed, Tag, $"the tag is the one that '{definition.Id}' watches, so the alarm is suppressed whenever its condition could stand; choose another tag");
        else
            alarms[alarm] = definition with { Suppressions = [.. definition.Suppressions, suppression] };
    }

    private static bool IsNamed(string id, string name) => name.EndsWith('*') ? id.StartsWith(name[..^1], StringComparison.Ordinal) : id == name;
}
