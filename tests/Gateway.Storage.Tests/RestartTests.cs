using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Gateway.Runtime;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Storage.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Tests;

/// <summary>A restart in the middle of anything ends where no restart would have ended.</summary>
public sealed class RestartTests
{
    private static readonly CommandVerb[] s_verbs =
        [CommandVerb.Ack, CommandVerb.Ack, CommandVerb.Ack, CommandVerb.Shelve, CommandVerb.ShelveOnce, CommandVerb.Unshelve, CommandVerb.Reset, CommandVerb.OutOfService, CommandVerb.ReturnToService, CommandVerb.Write];

    private static OperatorCommand? Command(Random random)
    {
        if (random.Next(6) != 0)
            return null;
        CommandVerb verb = s_verbs[random.Next(s_verbs.Length)];
        int target = verb == CommandVerb.Write ? 0 : random.Next(TinyPlant.Plant.Alarms.Length);
        double argument = verb switch { CommandVerb.Shelve or CommandVerb.ShelveOnce => random.Next(5, 60), CommandVerb.Write => random.Next(-10, 110), _ => 0 };
        return new OperatorCommand { Verb = verb, Target = target, Argument = argument, User = "olga", Reason = "test", CorrelationId = random.NextInt64(1, long.MaxValue) };
    }

    private static string Describe(ScanCycle scan, ScanTime now)
    {
        var alarms = new AlarmSnapshot[scan.Alarms.Count];
        scan.Alarms.Save(alarms, now);
        var text = new StringBuilder();
        foreach (AlarmSnapshot a in alarms)
            text.AppendLine($"{a.Id} {a.Base} {a.Flags} {a.ConditionActive} {a.SuppressedByLogic} {a.Occurrence} {a.Annunciations} {a.RaisedUtc} {a.AckedUtc} {a.ReturnedUtc} {a.AckedBy} {a.ShelveRemaining} {a.DelayRun} {a.InGap} {a.ReAlarmRun} {a.ShelvedOnce} {a.HoldRemaining} {a.Chatters} {a.LastOnAge} {a.FormerOnAge}");
        foreach (ComplianceWindow w in scan.Compliance.Windows)
            text.AppendLine($"{w.From} {w.To} {w.Value:R} {w.Coverage:R} {w.Valid} {w.Due} {w.State} {w.Reason} {w.Forecast:R}");
        return text.ToString();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_station_that_is_killed_again_and_again_ends_like_one_that_never_was(int seed)
    {
        var random = new Random(seed);
        var (clock, twinClock) = (new StationClock(), new StationClock());
        using var twin = new Station(null, twinClock);
        var folder = new TempFolder();
        var station = new Station(folder.Path, clock);
        var told = new List<ScanEvent>();
        int kills = 0;
        (double cod, double flow) = (30, 50);
        for (int i = 0; i < 600; i++)
        {
            cod = Math.Clamp(cod + random.Next(-8, 9), 20, 60);
            flow = Math.Clamp(flow + random.Next(-15, 16), 5, 110);
            bool maintenance = random.Next(8) == 0;
            OperatorCommand? command = Command(random);
            Assert.True(station.Step(cod, flow, maintenance, command));
            twin.Step(cod, flow, maintenance, command);
            if (random.Next(25) != 0)
                continue;
            told.AddRange(station.Told);
            TempFolder next = folder.CopyJournal();
            station.Dispose();
            folder.Dispose();
            (folder, station) = (next, new Station(next.Path, clock));
            kills++;
            Assert.Empty(station.Journal!.Saved.NotFound);
        }
        told.AddRange(station.Told);
        station.Dispose();
        JournalCheckResult check = JournalCheck.Run(folder.Path);
        folder.Dispose();

        Assert.True(kills > 10);
        Assert.Equal(Describe(twin.Scan, twinClock.Now), Describe(station.Scan, clock.Now));
        // Every alarm, act and verdict was told once, in the same order.
        Assert.Equal(twin.Told.Where(IsOfThePlant).Select(Text), told.Where(IsOfThePlant).Select(Text));
        Assert.Equal(Enumerable.Range(1, told.Count).Select(n => (long)n), told.Select(e => e.Sequence));
        Assert.Empty(check.Faults);
        Assert.Equal(twin.Closed.Count, check.Windows);
        Assert.Equal(told.Count, check.Events + check.Quality);
    }

    // What is in flight to a device when the process ends has no outcome, and a value is first seen again.
    private static bool IsOfThePlant(ScanEvent item) => item.Kind is EventKind.Alarm or EventKind.Compliance or EventKind.Command;

    private static string Text(ScanEvent e) => $"{e.Utc} {e.Kind} {e.Subject} {e.Code} {e.From}>{e.To} {e.Occurrence} {e.Value:R} {e.Limit:R} {e.Accepted} {e.User} {e.Reason} {e.CorrelationId}";

    [Fact]
    public void What_the_configuration_no_longer_has_is_named_and_what_is_new_starts_normal()
    {
        using var folder = new TempFolder();
        var clock = new StationClock();
        using (var station = new Station(folder.Path, clock))
            station.Step(60, 50);
        PlantModel plant = TinyPlant.Plant;
        AlarmDefinition[] alarms =
        [
            plant.Alarms[1] with { Index = 0 },
            new AlarmDefinition { Id = "NEW", Index = 1, Tag = 0, Type = AlarmType.High, Limit = 99 },
            plant.Alarms[2],
        ];
        PermitLimit[] permits = [.. plant.Permits.Skip(2).Append(plant.Permits[0] with { RuleId = "stricter" }).Select((p, i) => p with { Index = i })];
        using var changed = new Station(folder.Path, clock, plant with { Alarms = alarms, Permits = permits });
        SavedState saved = changed.Journal!.Saved;

        Assert.True(saved.WasClean);
        Assert.Equal(["COD_HH", "FLOW_L"], saved.Alarms.Select(a => a.Id));
        Assert.Equal(AlarmState.Unacknowledged, changed.Scan.Alarms[0].State);
        Assert.Equal(AlarmState.Normal, changed.Scan.Alarms[1].State);
        Assert.Equal(["alarm NEW"], saved.Added);
        Assert.Equal(
            [
                "alarm COD_H, which the configuration no longer has", "alarm FLOW_H, which the configuration no longer has",
                "permit limit outfall/COD/hour, which the configuration no longer has in this form",
                "permit limit outfall/COD/minute, which the configuration no longer has in this form",
            ],
            saved.NotFound.Order(StringComparer.Ordinal));
        changed.Step(30, 50);
        Assert.Contains("not restored: alarm COD_H", changed.Told[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Saved_windows_are_as_the_program_that_reads_them_expects()
    {
        // Sums are saved as they lie in memory. Whoever changes them raises CheckpointCodec.ComplianceLayout and pins
        // the new shape here, so that a program never reads sums of another shape as its own.
        string shape = string.Join('\n', new[] { typeof(ComplianceCheckpoint), typeof(ComplianceClock), typeof(AccumulatorState), typeof(LimitState), typeof(PeriodCheckpoint), typeof(PeriodState), typeof(PartSum), typeof(WindowSums), typeof(PreciseSum), typeof(ComplianceWindow) }.Select(Members));
        string pinned = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shape)))[..16];
        Assert.Equal((3, "52cbbbb1b42bf29a"), (CheckpointCodec.ComplianceLayout, pinned));
    }

    private static string Members(Type type) => type.Name + ": " + string.Join(", ", type
        .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Select(f => f.FieldType.Name + " " + f.Name));

    [Fact]
    public void Changed_settings_of_alarms_are_in_the_audit_with_old_and_new_values()
    {
        using var folder = new TempFolder();
        var clock = new StationClock();
        new Station(folder.Path, clock).Dispose();
        new Station(folder.Path, clock).Dispose();
        Assert.Empty(Changes()); // nothing was changed, and the first start has nothing to compare with
        AlarmDefinition[] alarms = TinyPlant.Plant.Alarms;
        PlantModel changed = TinyPlant.Plant with { Alarms = [alarms[0] with { Limit = 38.5, Priority = 2, Message = "COD\tis high" }, .. alarms[1..3], alarms[3] with { Id = "FLOW_HIGH" }] };
        new Station(folder.Path, clock, changed).Dispose();
        Assert.Equal([("COD_H", "limit: '40' -> '38.5'; priority: '3' -> '2'"), ("FLOW_H", "removed"), ("FLOW_HIGH", "added")], Changes());
        new Station(folder.Path, clock, changed).Dispose();
        Assert.Equal(3, Changes().Count); // told once
        Assert.Empty(JournalCheck.Run(folder.Path).Faults);

        List<(string Alarm, string What)> Changes()
        {
            var changes = new List<(string, string)>();
            using SqliteConnection connection = SqliteVersion.Open(folder.File("journal.db"), SqliteOpenMode.ReadOnly);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT target, reason FROM audit WHERE act = 'ALARM SETTINGS' ORDER BY number";
            using SqliteDataReader row = command.ExecuteReader();
            while (row.Read())
                changes.Add((row.GetString(0), row.GetString(1)));
            return changes;
        }
    }
}
