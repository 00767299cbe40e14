using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Alarms;

public sealed class AlarmEngineTests
{
    [Fact]
    public void An_on_delay_goes_on_where_the_restart_found_it()
    {
        var rig = new AlarmRig(AlarmRig.Plain with { OnDelayMs = 10_000 });
        rig.Wait(1000);
        rig.Scan(AlarmRig.Present);
        Assert.Empty(rig.ScanAfter(7));
        rig.Restart();
        Assert.Empty(rig.ScanAfter(2.999));
        Assert.Single(rig.ScanAfter(0.001));
    }

    [Fact]
    public void An_off_delay_a_shelf_and_a_re_alarm_time_go_on_after_a_restart()
    {
        var rig = new AlarmRig(AlarmRig.Plain with { OffDelayMs = 10_000, ReAlarmMs = 60_000 });
        rig.Wait(1000);
        rig.Bring("C");
        rig.ScanAfter(20);
        rig.Restart();
        Assert.Empty(rig.ScanAfter(39.999));
        Assert.Equal((int)AlarmEventCode.ReAlarm, Assert.Single(rig.ScanAfter(0.001)).Code);

        rig.Scan(AlarmRig.Absent);
        rig.ScanAfter(4);
        rig.Restart();
        Assert.Empty(rig.ScanAfter(5.999));
        Assert.Equal("D", AlarmNames.LetterOf((AlarmState)Assert.Single(rig.ScanAfter(0.001)).To));

        rig.Apply(CommandVerb.Shelve, 300);
        rig.Drain();
        rig.ScanAfter(100);
        rig.Restart();
        rig.Restart();
        Assert.Empty(rig.ScanAfter(199.999));
        Assert.Equal((int)AlarmEventCode.Expire, Assert.Single(rig.ScanAfter(0.001)).Code);
    }

    [Fact]
    public void A_restored_alarm_whose_condition_went_meanwhile_returns_to_normal_in_the_open()
    {
        var rig = new AlarmRig();
        rig.Bring("B");
        rig.Restart();
        Assert.Equal((int)AlarmState.ReturnedUnacknowledged, Assert.Single(rig.Scan(AlarmRig.Absent)).To);
    }

    [Fact]
    public void Snapshots_are_put_back_by_name()
    {
        var now = new ScanTime(1, 0, 0);
        AlarmDefinition a = AlarmRig.Plain with { Id = "a" };
        AlarmDefinition b = AlarmRig.Plain with { Id = "b", Index = 1, Tag = 1 };
        var tags = new TagTable(2);
        tags.Set(1, AlarmRig.Present, Quality.Good, 0);
        var before = new AlarmEngine([a, b]);
        before.Execute(tags, now, new EventRing(16));
        var saved = new AlarmSnapshot[2];
        before.Save(saved, now);

        var after = new AlarmEngine([b with { Index = 0 }, a with { Id = "c", Index = 1 }]);
        Assert.Equal(1, after.Restore(saved, now));
        Assert.Equal((AlarmState.Unacknowledged, AlarmState.Normal), (after[0].State, after[1].State));
        Assert.Equal((1, 1), (after.CountOf(AlarmState.Unacknowledged), after.CountOf(AlarmState.Normal)));
        Assert.Throws<ArgumentException>(() => after.Save(new AlarmSnapshot[1], now));
    }

    [Fact]
    public void Counts_follow_every_transition_and_the_version_moves_with_them()
    {
        var rig = new AlarmRig(AlarmRig.Plain with { Priority = 2 });
        long version = rig.Engine.Version;
        rig.Scan(AlarmRig.Absent);
        Assert.Equal(version, rig.Engine.Version);
        rig.Scan(AlarmRig.Present);
        Assert.Equal((0, 1), (rig.Engine.CountOf(AlarmState.Normal, 2), rig.Engine.CountOf(AlarmState.Unacknowledged, 2)));
        Assert.True(rig.Engine.Version > version);
        rig.Apply(CommandVerb.Shelve, 60);
        Assert.Equal((0, 1), (rig.Engine.CountOf(AlarmState.Unacknowledged, 2), rig.Engine.CountOf(AlarmState.Shelved, 2)));
        version = rig.Engine.Version;
        rig.Scan(AlarmRig.Absent); // only the live condition under the mark
        Assert.True(rig.Engine.Version > version);
        Assert.Equal(1, rig.Engine.CountOf(AlarmState.Shelved));
    }

    [Fact]
    public void Acts_that_are_none_are_refused_and_recorded()
    {
        var rig = new AlarmRig();
        Assert.Equal("not an act on an alarm", rig.Apply(CommandVerb.Write).ReasonText);
        ScanEvent item = Assert.Single(rig.Drain());
        Assert.Equal((EventKind.Command, (int)CommandVerb.Write, false), (item.Kind, item.Code, item.Accepted));
        foreach (int target in new[] { -1, 1, int.MaxValue })
        {
            var command = new OperatorCommand { Verb = CommandVerb.Ack, Target = target, CorrelationId = 9 };
            Assert.Equal(new AlarmCommandResult(false, "no such alarm", AlarmState.Normal), rig.Engine.Apply(command, rig.Now, rig.Events));
            ScanEvent refused = Assert.Single(rig.Drain());
            Assert.Equal((EventKind.Command, target, false, 9L), (refused.Kind, refused.Subject, refused.Accepted, refused.CorrelationId));
        }
    }

    [Fact]
    public void The_outcome_of_an_act_carries_its_correlation_id_and_the_gateways_own_events_none()
    {
        var rig = new AlarmRig();
        Assert.Equal(0, Assert.Single(rig.Scan(AlarmRig.Present)).CorrelationId);
        foreach (bool accepted in new[] { true, false })
        {
            var command = new OperatorCommand { Verb = CommandVerb.Ack, Target = 0, Argument = 1, User = "olga", CorrelationId = 42 };
            Assert.Equal(accepted, rig.Engine.Apply(command, rig.Now, rig.Events).Accepted);
            Assert.Equal(42, Assert.Single(rig.Drain()).CorrelationId);
        }
    }

    [Fact]
    public void Definitions_out_of_range_are_refused_by_name()
    {
        AlarmDefinition[] wrong =
        [
            AlarmRig.Plain with { Index = 1 },
            AlarmRig.Plain with { Tag = -1 },
            AlarmRig.Plain with { Priority = 0 },
            AlarmRig.Plain with { Priority = 5 },
            AlarmRig.Plain with { Limit = double.NaN },
            AlarmRig.Plain with { Deadband = -1 },
            AlarmRig.Plain with { Deadband = double.NaN },
            AlarmRig.Plain with { OnDelayMs = -1 },
            AlarmRig.Plain with { OffDelayMs = -1 },
            AlarmRig.Plain with { ReAlarmMs = -1 },
            AlarmRig.Plain with { MaxShelveSeconds = -1 },
            AlarmRig.Plain with { Type = AlarmType.Deviation },
            AlarmRig.Plain with { Type = AlarmType.RateOfChange, RateWindowMs = 0 },
            AlarmRig.Plain with { Type = AlarmType.RateOfChange, Limit = 0 },
        ];
        foreach (AlarmDefinition definition in wrong)
            Assert.Contains("LAH-1", Assert.Throws<ArgumentException>(() => new AlarmEngine([definition])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_those_of_the_sheet()
    {
        Assert.Equal("ABCDEFGHI", string.Concat(Enum.GetValues<AlarmState>().Select(AlarmNames.LetterOf)));
        Assert.Equal("ON OFF ACK RESET REALARM SHELVE", string.Join(' ', Enum.GetValues<AlarmEventCode>().Take(6).Select(AlarmNames.NameOf)));
        Assert.Equal("CLOCK STEP", AlarmNames.NameOf(AlarmEventCode.ClockStep));
    }

    [Fact]
    public void A_thousand_scans_of_200_alarms_allocate_nothing()
    {
        const int Alarms = 200;
        var definitions = new AlarmDefinition[Alarms];
        for (int i = 0; i < Alarms; i++)
            definitions[i] = AlarmRig.Plain with
            {
                Id = "A" + i,
                Index = i,
                Tag = i,
                Type = (AlarmType)(i % 8),
                Limit = 10,
                StateValue = 12,
                SetpointTag = 0,
                RateWindowMs = 2000,
                OnDelayMs = i % 3 * 200,
                ReAlarmMs = i % 5 * 1000,
                SuppressTag = i % 7 == 0 ? 1 : -1,
            };
        var engine = new AlarmEngine(definitions);
        var tags = new TagTable(Alarms);
        var events = new EventRing(4096);
        int seen = 0;
        Run(0, 200);
        seen = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(200, 1200);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(seen > 10_000, "the scans must be busy, events: " + seen);

        void Run(int first, int end)
        {
            for (int scan = first; scan < end; scan++)
            {
                for (int tag = 0; tag < Alarms; tag++)
                    tags.Set(tag, (scan + tag) % 20 < 10 ? 12 : 5, (scan + tag) % 33 == 0 ? Quality.Bad : Quality.Good, scan);
                engine.Execute(tags, new ScanTime(scan, scan, scan * ScanTime.TicksPerSecond / 10), events);
                while (events.TryTake(out _))
                    seen++;
            }
        }
    }
}
