using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Storage.Tests.Support;

namespace Gateway.Storage.Tests;

/// <summary>
/// Steps of the wall clock while an on-delay, a shelving and a re-alarm time run: beside a twin whose clock never steps, in
/// virtual time, with a kill in between. No timer moves, the order of the journal stays, the journal notes the step.
/// </summary>
public sealed class WallClockTests
{
    private static readonly TimeSpan s_to2038 = new DateTime(2038, 1, 19, 3, 13, 30, DateTimeKind.Utc) - new DateTime(TinyPlant.Start, DateTimeKind.Utc);

    [Fact]
    public void An_hour_forward() => Compare(TimeSpan.FromHours(1));

    [Fact]
    public void An_hour_back() => Compare(TimeSpan.FromHours(-1));

    [Fact]
    public void A_day_forward() => Compare(TimeSpan.FromDays(1));

    [Fact]
    public void A_day_back() => Compare(TimeSpan.FromDays(-1));

    /// <summary>Seconds since 1970 leave 31 bits at 03:14:08 on 19 January 2038; the run goes over it.</summary>
    [Fact]
    public void Into_and_over_2038() => Compare(s_to2038);

    private static void Compare(TimeSpan step)
    {
        using var folder = new TempFolder();
        var (clock, twinClock) = (new StationClock(), new StationClock());
        using var twin = new Station(null, twinClock);
        var station = new Station(folder.Path, clock);
        var told = new List<ScanEvent>();
        for (int i = 0; i < 90; i++)
        {
            if (i == 12)
                clock.Step(step);
            if (i == 40)
            {
                // Killed: what was committed is all there is.
                told.AddRange(station.Told);
                station.Dispose();
                station = new Station(folder.Path, clock);
            }
            (double cod, double flow, OperatorCommand? act) = Script(i);
            Assert.True(station.Step(cod, flow, command: act));
            twin.Step(cod, flow, command: act);
            Assert.Equal(States(twin), States(station));
        }
        told.AddRange(station.Told);
        station.Dispose();
        ScanEvent noted = Assert.Single(told, item => item.Kind == EventKind.System && item.Code == (int)SystemEvent.ClockStep);
        Assert.Equal(step.TotalSeconds, noted.Value, 3);
        Assert.Equal(Alarms(twin.Told), Alarms(told));
        Assert.Contains(Alarms(told), line => line.Contains("REALARM", StringComparison.Ordinal));
        Assert.Contains(Alarms(told), line => line.Contains("EXPIRE", StringComparison.Ordinal));
        IReadOnlyList<JournalRow> rows = JournalReader.ReadAfter(folder.Path, 0, long.MaxValue, JournalReader.MaxRows);
        Assert.Equal(Enumerable.Range(1, rows.Count).Select(n => (long)n), rows.Select(row => row.Item.Sequence));
        Assert.Equal(told.Select(item => (item.Sequence, item.Utc)), rows.Select(row => (row.Item.Sequence, row.Item.Utc)));
        // Events are stamped by the wall clock as it is, and nothing else of them differs.
        Assert.Equal(step, TimeSpan.FromTicks(told.Last(item => item.Kind == EventKind.Alarm).Utc - twin.Told.Last(item => item.Kind == EventKind.Alarm).Utc));
        Assert.Empty(JournalCheck.Run(folder.Path).Faults);
    }

    /// <summary>FLOW_L begins its on-delay of 5 s, COD_H is shelved for 30 s, and FLOW_L's re-alarm of 20 s runs, each over the step or the kill.</summary>
    private static (double Cod, double Flow, OperatorCommand? Act) Script(int i)
    {
        OperatorCommand? act = i switch
        {
            6 => new OperatorCommand { Verb = CommandVerb.Shelve, Target = 0, Argument = 30, User = "olga", Reason = "test", CorrelationId = 1 },
            30 => new OperatorCommand { Verb = CommandVerb.Ack, Target = 2, User = "olga", Reason = "", CorrelationId = 2 },
            _ => null,
        };
        return (i > 2 ? 45 : 30, i > 9 ? 10 : 50, act);
    }

    private static string States(Station station) => string.Concat(Enumerable.Range(0, station.Plant.Alarms.Length).Select(i => AlarmNames.LetterOf(station.Scan.Alarms[i].State)));

    private static List<string> Alarms(IEnumerable<ScanEvent> events) =>
        [.. events.Where(item => item.Kind == EventKind.Alarm).Select(item => $"{item.Subject} {AlarmNames.NameOf((AlarmEventCode)item.Code)} {item.From}>{item.To} {item.Occurrence}")];
}
