using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Alarms;

/// <summary>
/// Suppression by design: states of the plant from the suppression table, and first-out groups. In a group the alarm that
/// comes first is annunciated; one that comes while that one stands is its consequence and is suppressed until either
/// goes. A first one that is shelved, suppressed or out of service leads no more, so that no group is silent as a whole.
/// </summary>
public sealed partial class AlarmEngine
{
    private const int None = -1;
    private const string EndOfSuppression = "suppression logic";

    private readonly AlarmSuppression[][] _suppressions;
    private readonly long[] _holdUntil; // monotonic ticks
    private readonly int[] _groups;     // group of each alarm
    private readonly int[] _first;      // alarm that leads each group
    private readonly string[] _firstReasons;
    private readonly int[] _behind;     // whose consequence each alarm was when it came

    private static AlarmSuppression[] SuppressionsOf(AlarmDefinition definition) => definition.SuppressTag < 0
        ? [.. definition.Suppressions]
        : [new AlarmSuppression(definition.SuppressTag, 0, EndOfSuppression), .. definition.Suppressions];

    private static int[] GroupsOf(AlarmDefinition[] definitions, out int count)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var groups = new int[definitions.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            string name = definitions[i].FirstOutGroup;
            if (name.Length > 0)
                names.TryAdd(name, names.Count);
            groups[i] = name.Length == 0 ? None : names[name];
        }
        count = names.Count;
        return groups;
    }

    /// <summary>Why the plant's state suppresses the alarm now; null when it does not.</summary>
    private string? SuppressionOf(int index, TagTable tags, long elapsed)
    {
        AlarmSuppression[] rows = _suppressions[index];
        string? cause = null;
        foreach (AlarmSuppression row in rows)
        {
            ref readonly TagValue value = ref tags[row.Tag];
            if (!value.Quality.IsGood || value.Value == 0 || double.IsNaN(value.Value))
                continue;
            cause ??= row.Reason;
            _holdUntil[index] = Math.Max(_holdUntil[index], elapsed + row.HoldMs * ScanTime.TicksPerMillisecond);
        }
        return cause ?? (rows.Length > 0 && elapsed < _holdUntil[index] ? EndOfSuppression : null);
    }

    private void SuppressBehindFirst(int index, in ScanTime now, EventRing events)
    {
        int group = _groups[index];
        if (group == None || _first[group] == None || _first[group] == index || _live[index].SuppressedByLogic)
            return;
        _behind[index] = _first[group];
        Run(index, new Act { Code = AlarmEventCode.Suppress, ByLogic = true, Reason = _firstReasons[_first[group]] }, now, events);
    }

    private bool IsBehindFirst(int index) =>
        _behind[index] != None && _live[index].ConditionActive && _first[_groups[index]] == _behind[index];

    /// <summary>Brings the leader of the alarm's group up to date.</summary>
    private void FollowFirstOut(int index)
    {
        int group = _groups[index];
        if (group == None)
            return;
        ref readonly AlarmLive live = ref _live[index];
        bool leads = live.ConditionActive && live.Flags == AlarmFlags.None;
        if (_first[group] == index && !leads)
            _first[group] = None;
        else if (_first[group] == None && leads)
            _first[group] = index;
        if (!live.SuppressedByLogic)
            _behind[index] = None;
    }

    /// <summary>Who leads is not saved: it is the one of those that are annunciated that came first.</summary>
    private void RestoreFirstOut()
    {
        for (int i = 0; i < _live.Length; i++)
        {
            int group = _groups[i];
            if (group != None && _live[i].ConditionActive && _live[i].Flags == AlarmFlags.None && (_first[group] == None || _live[i].RaisedUtc < _live[_first[group]].RaisedUtc))
                _first[group] = i;
        }
        for (int i = 0; i < _live.Length; i++)
            if (_groups[i] != None && _live[i].SuppressedByLogic && _live[i].ConditionActive)
                _behind[i] = _first[_groups[i]];
    }
}
