using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Runtime.Alarms;
using static Gateway.Configuration.Alarms.AlarmShape;

namespace Gateway.Configuration.Alarms;

/// <summary>Checks the limits of all alarms of one tag against each other: LL below L below H below HH, deadbands apart.</summary>
internal sealed class AlarmLimitCheck(TableReader row, List<AlarmDefinition> alarms, List<int> rows)
{
    private static readonly AlarmType[] Rising = [AlarmType.LowLow, AlarmType.Low, AlarmType.High, AlarmType.HighHigh];

    public void CheckAll()
    {
        var byTag = new Dictionary<int, List<AlarmDefinition>>();
        foreach (AlarmDefinition alarm in alarms)
        {
            if (RankOf(alarm) < 0)
                continue;
            if (!byTag.TryGetValue(alarm.Tag, out List<AlarmDefinition>? list))
                byTag.Add(alarm.Tag, list = []);
            list.Add(alarm);
        }
        foreach (List<AlarmDefinition> list in byTag.Values)
        {
            list.Sort(static (a, b) => RankOf(a) != RankOf(b) ? RankOf(a).CompareTo(RankOf(b)) : a.Index.CompareTo(b.Index));
            CheckOrder(list);
            CheckDeadbands(list);
        }
    }

    private void CheckOrder(List<AlarmDefinition> list)
    {
        AlarmDefinition? highest = null, highestBelow = null;
        for (int i = 0; i < list.Count; i++)
        {
            AlarmDefinition alarm = list[i];
            if (i > 0 && RankOf(list[i - 1]) != RankOf(alarm))
                highestBelow = highest;
            if (highestBelow is not null && alarm.Limit <= highestBelow.Limit)
                Report(DiagnosticCodes.AlarmLimitOrder, alarm, highestBelow, Limit,
                    (later, other) => $"the limits {Text(highestBelow)} and {Text(alarm)} do not rise in the order LL, L, H, HH; correct this one or '{other.Id}' in line {LineOf(other)}");
            if (highest is null || alarm.Limit > highest.Limit)
                highest = alarm;
        }
    }

    /// <summary>An alarm whose deadband reaches the opposite limit would stand together with the opposite alarm.</summary>
    private void CheckDeadbands(List<AlarmDefinition> list)
    {
        AlarmDefinition? low = list.Where(alarm => RankOf(alarm) < 2).MaxBy(alarm => alarm.Limit), high = list.Where(alarm => RankOf(alarm) >= 2).MinBy(alarm => alarm.Limit);
        if (low is null || high is null || low.Limit >= high.Limit)
            return;
        foreach (AlarmDefinition alarm in list)
        {
            bool isLow = RankOf(alarm) < 2;
            AlarmDefinition opposite = isLow ? high : low;
            double end = isLow ? alarm.Limit + alarm.Deadband : alarm.Limit - alarm.Deadband;
            if (isLow ? end >= opposite.Limit : end <= opposite.Limit)
                row.Bag.Report(DiagnosticCodes.AlarmDeadband, At(alarm, Deadband),
                    $"with its deadband the alarm ends only at {FieldText.Text(end)}, which reaches '{opposite.Id}' at {FieldText.Text(opposite.Limit)}; lower the deadband");
        }
    }

    private void Report(DiagnosticCode code, AlarmDefinition a, AlarmDefinition b, Field field, Func<AlarmDefinition, AlarmDefinition, string> message)
    {
        // The later row of the file is the one to look at first.
        (AlarmDefinition later, AlarmDefinition other) = a.Index > b.Index ? (a, b) : (b, a);
        row.Bag.Report(code, At(later, field), message(later, other));
    }

    private Location At(AlarmDefinition alarm, Field field) => row.At(rows[alarm.Index], field);

    private int LineOf(AlarmDefinition alarm) => At(alarm, Id).Line;

    private static string Text(AlarmDefinition alarm) => $"{Types[(int)alarm.Type]} {FieldText.Text(alarm.Limit)}";

    private static int RankOf(AlarmDefinition alarm) => Array.IndexOf(Rising, alarm.Type);
}
