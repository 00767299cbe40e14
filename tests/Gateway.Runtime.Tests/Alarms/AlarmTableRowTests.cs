using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Alarms;

/// <summary>One test per row of the state table, numbered like the rows.</summary>
public sealed class AlarmTableRowTests
{
    private const double EightHours = AlarmDefinition.DefaultMaxShelveSeconds;

    [Fact]
    public void Row_01_A_on_raises_a_new_occurrence()
    {
        var rig = new AlarmRig();
        ScanEvent item = Assert.Single(rig.Scan(AlarmRig.Present));
        Assert.Equal("B", rig.Letter);
        Assert.Equal((1, 1L, rig.Now.Utc), (rig.Live.Occurrence, rig.Live.Annunciations, rig.Live.RaisedUtc));
        Assert.Equal((EventKind.Alarm, (int)AlarmEventCode.On, 0, 1), (item.Kind, item.Code, item.From, item.To));
        Assert.Equal((AlarmRig.Present, AlarmRig.Limit, 1, true), (item.Value, item.Limit, item.Occurrence, item.Accepted));
    }

    [Fact]
    public void Row_02_A_off_is_nothing_and_ack_and_reset_are_refused()
    {
        var rig = new AlarmRig();
        Assert.Empty(rig.Scan(AlarmRig.Absent));
        AssertRefused(rig, CommandVerb.Ack, 0, "there is no alarm");
        AssertRefused(rig, CommandVerb.Reset, 0, "there is no alarm");
    }

    [Fact]
    public void Row_03_B_ack_of_the_current_occurrence_silences_and_keeps_the_user()
    {
        var rig = Rig("B");
        rig.Wait(3);
        Assert.True(rig.Apply(CommandVerb.Ack, 1, user: "olga").Accepted);
        Assert.Equal("C", rig.Letter);
        Assert.Equal(("olga", rig.Now.Utc), (rig.Live.AckedBy, rig.Live.AckedUtc));
        ScanEvent item = Assert.Single(rig.Drain());
        Assert.Equal(("olga", (int)AlarmEventCode.Ack, true), (item.User, item.Code, item.Accepted));
    }

    [Fact]
    public void Row_03_occurrence_zero_means_the_current_one()
    {
        var rig = Rig("B");
        Assert.True(rig.Apply(CommandVerb.Ack, 0).Accepted);
        Assert.Equal("C", rig.Letter);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(2.5)]
    [InlineData(double.NaN)]
    public void Row_04_ack_of_another_occurrence_is_refused(double occurrence)
    {
        var rig = Rig("D");
        rig.Scan(AlarmRig.Present);
        Assert.Equal(2, rig.Live.Occurrence);
        rig.Drain();
        AssertRefused(rig, CommandVerb.Ack, occurrence, "old occurrence");
        Assert.Null(rig.Live.AckedBy);
    }

    [Fact]
    public void Row_05_B_off_of_a_latching_alarm_leads_to_E() => AssertOff(Rig("B", AlarmRig.Latching), "E");

    [Fact]
    public void Row_06_B_off_leads_to_D() => AssertOff(Rig("B"), "D");

    [Fact]
    public void Row_07_B_off_without_required_ack_leads_to_A() => AssertOff(Rig("B", AlarmRig.Plain with { AckRequired = false }), "A");

    [Fact]
    public void Row_08_B_reset_is_refused() => AssertRefused(Rig("B", AlarmRig.Latching), CommandVerb.Reset, 0, "the condition still stands");

    [Fact]
    public void Row_09_C_off_of_a_latching_alarm_leads_to_F() => AssertOff(Rig("C", AlarmRig.Latching), "F");

    [Fact]
    public void Row_10_C_off_leads_to_A() => AssertOff(Rig("C"), "A");

    [Fact]
    public void Row_11_C_ack_and_reset_are_refused()
    {
        AssertRefused(Rig("C"), CommandVerb.Ack, 1, "already acknowledged");
        AssertRefused(Rig("C", AlarmRig.Latching), CommandVerb.Reset, 0, "the condition still stands");
    }

    [Fact]
    public void Row_12_the_re_alarm_time_sounds_the_same_occurrence_again()
    {
        var rig = Rig("C", AlarmRig.Plain with { ReAlarmMs = 60_000 });
        Assert.Empty(rig.ScanAfter(59.999));
        ScanEvent item = Assert.Single(rig.ScanAfter(0.001));
        Assert.Equal(("B", 1, 2L), (rig.Letter, rig.Live.Occurrence, rig.Live.Annunciations));
        Assert.Equal((int)AlarmEventCode.ReAlarm, item.Code);
        Assert.Empty(rig.ScanAfter(600));
        Assert.True(rig.Apply(CommandVerb.Ack, 1).Accepted);
        rig.Drain();
        Assert.Empty(rig.ScanAfter(59));
        Assert.Single(rig.ScanAfter(1));
    }

    [Fact]
    public void Row_12_an_alarm_that_goes_as_its_re_alarm_time_ends_does_not_sound()
    {
        var rig = Rig("C", AlarmRig.Plain with { ReAlarmMs = 60_000 });
        rig.Wait(60);
        ScanEvent item = Assert.Single(rig.Scan(AlarmRig.Absent));
        Assert.Equal(((int)AlarmEventCode.Off, "A", 1L), (item.Code, rig.Letter, rig.Live.Annunciations));
    }

    [Fact]
    public void Row_13_D_on_is_a_new_occurrence() => AssertOn(Rig("D"));

    [Fact]
    public void Row_14_D_ack_leads_to_A()
    {
        var rig = Rig("D");
        Assert.True(rig.Apply(CommandVerb.Ack, 1).Accepted);
        Assert.Equal(("A", "olga"), (rig.Letter, rig.Live.AckedBy));
    }

    [Fact]
    public void Row_15_D_reset_is_refused() => AssertRefused(Rig("D"), CommandVerb.Reset, 0, "nothing is latched");

    [Fact]
    public void Row_16_E_on_is_a_new_occurrence() => AssertOn(Rig("E", AlarmRig.Latching));

    [Fact]
    public void Row_17_E_ack_leads_to_F()
    {
        var rig = Rig("E", AlarmRig.Latching);
        Assert.True(rig.Apply(CommandVerb.Ack, 1).Accepted);
        Assert.Equal("F", rig.Letter);
    }

    [Fact]
    public void Row_18_E_reset_is_refused() => AssertRefused(Rig("E", AlarmRig.Latching), CommandVerb.Reset, 0, "acknowledge first");

    [Fact]
    public void Row_19_F_on_is_a_new_occurrence() => AssertOn(Rig("F", AlarmRig.Latching));

    [Fact]
    public void Row_20_F_reset_leads_to_A()
    {
        var rig = Rig("F", AlarmRig.Latching);
        Assert.True(rig.Apply(CommandVerb.Reset).Accepted);
        Assert.Equal("A", rig.Letter);
    }

    [Fact]
    public void Row_21_F_ack_is_refused() => AssertRefused(Rig("F", AlarmRig.Latching), CommandVerb.Ack, 1, "already acknowledged");

    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("D")]
    [InlineData("E")]
    [InlineData("F")]
    public void Row_22_shelving_up_to_the_maximum_is_accepted_and_ends_by_itself(string from)
    {
        var rig = Rig(from, from is "E" or "F" ? AlarmRig.Latching : AlarmRig.Plain);
        Assert.True(rig.Apply(CommandVerb.Shelve, EightHours, "pump overhaul").Accepted);
        Assert.Equal("G", rig.Letter);
        Assert.Equal(rig.Now.Elapsed + TimeSpan.FromHours(8).Ticks, rig.Live.ShelveExpiryElapsed);
        Assert.Equal("pump overhaul", Assert.Single(rig.Drain()).Reason);
        Assert.Empty(rig.ScanAfter(EightHours - 0.001));
        ScanEvent item = Assert.Single(rig.ScanAfter(0.001));
        Assert.Equal(((int)AlarmEventCode.Expire, true), (item.Code, item.Accepted));
        Assert.Equal(0, rig.Live.ShelveExpiryElapsed);
    }

    [Theory]
    [InlineData(EightHours + 0.001, "because", true, "longer than this alarm may be shelved")]
    [InlineData(double.PositiveInfinity, "because", true, "longer than this alarm may be shelved")]
    [InlineData(0, "because", true, "the duration must be above zero")]
    [InlineData(-5, "because", true, "the duration must be above zero")]
    [InlineData(double.NaN, "because", true, "the duration must be above zero")]
    [InlineData(60, "  ", true, "shelving needs a reason")]
    [InlineData(60, "because", false, "the class of this alarm forbids shelving")]
    public void Row_23_shelving_too_long_without_reason_or_against_the_class_is_refused(double seconds, string reason, bool allowed, string refusal)
    {
        var rig = Rig("B", AlarmRig.Plain with { ShelvingAllowed = allowed });
        AssertRefused(rig, CommandVerb.Shelve, seconds, refusal, reason);
    }

    [Fact]
    public void Row_24_a_new_act_replaces_the_end_of_shelving_and_never_adds_to_it()
    {
        var rig = Rig("B/G");
        Assert.True(rig.Apply(CommandVerb.Shelve, EightHours).Accepted);
        Assert.Equal(rig.Now.Elapsed + TimeSpan.FromHours(8).Ticks, rig.Live.ShelveExpiryElapsed);
        rig.Wait(3600);
        Assert.True(rig.Apply(CommandVerb.Shelve, 60).Accepted);
        Assert.Equal(rig.Now.Elapsed + TimeSpan.FromMinutes(1).Ticks, rig.Live.ShelveExpiryElapsed);
        rig.Drain();
        long expiry = rig.Live.ShelveExpiryElapsed;
        AssertRefused(rig, CommandVerb.Shelve, EightHours + 1, "longer than this alarm may be shelved");
        Assert.Equal(expiry, rig.Live.ShelveExpiryElapsed);
    }

    [Fact]
    public void Row_25_logic_suppresses_while_its_tag_is_good_and_not_zero_and_hides_an_alarm_of_the_same_scan()
    {
        var rig = new AlarmRig(AlarmRig.Plain with { SuppressTag = 1 });
        rig.Scan(AlarmRig.Absent);
        rig.Tags.Set(1, 1, Quality.Good, 0);
        ScanEvent item = Assert.Single(rig.Scan(AlarmRig.Present));
        Assert.Equal(("H", 0, true), (rig.Letter, rig.Live.Occurrence, rig.Live.ConditionActive));
        Assert.Equal(((int)AlarmEventCode.Suppress, "suppression logic", (string?)null), (item.Code, item.Reason, item.User));
        Assert.Empty(rig.Scan());
        rig.Tags.Set(1, 1, Quality.Uncertain, 0);
        Assert.Equal((int)AlarmEventCode.Unsuppress, Assert.Single(rig.Scan()).Code);
        Assert.Equal("B", rig.Letter);
    }

    [Fact]
    public void Row_25_logic_takes_over_an_operators_suppression_and_the_cause_is_recorded()
    {
        var rig = new AlarmRig(AlarmRig.Plain with { SuppressTag = 1 });
        rig.Bring("C/H");
        Assert.Empty(rig.Scan());
        rig.Tags.Set(1, 1, Quality.Good, 0);
        ScanEvent item = Assert.Single(rig.Scan());
        Assert.Equal((7, 7, true), (item.From, item.To, rig.Live.SuppressedByLogic));
    }

    [Fact]
    public void Row_26_out_of_service_from_any_state_with_a_named_user_and_a_reason()
    {
        foreach (string from in new[] { "A", "B", "C", "D", "C/G", "C/H", "C/I" })
        {
            var rig = Rig(from);
            AssertRefused(rig, CommandVerb.OutOfService, 0, "out of service needs a reason", reason: "");
            AssertRefused(rig, CommandVerb.OutOfService, 0, "out of service needs a named user", user: "");
            Assert.True(rig.Apply(CommandVerb.OutOfService, reason: "work order 4711").Accepted);
            Assert.Equal("I", rig.Letter);
            Assert.Equal("work order 4711", Assert.Single(rig.Drain()).Reason);
        }
    }

    [Theory]
    [InlineData("A/G")]
    [InlineData("A/H")]
    [InlineData("A/I")]
    public void Row_27_marked_alarms_keep_evaluating_their_condition(string place)
    {
        var rig = Rig(place);
        Assert.Empty(rig.Scan(AlarmRig.Present));
        Assert.True(rig.Live.ConditionActive);
        Assert.Empty(rig.Scan(AlarmRig.Absent));
        Assert.False(rig.Live.ConditionActive);
        Assert.Equal((AlarmState.Normal, 0), (rig.Live.Base, rig.Live.Occurrence));
    }

    [Theory]
    [InlineData("B/G")]
    [InlineData("B/H")]
    [InlineData("B/I")]
    public void Row_28_ack_and_reset_of_marked_alarms_are_refused(string place)
    {
        AssertRefused(Rig(place), CommandVerb.Ack, 1, "shelved, suppressed or out of service");
        AssertRefused(Rig(place, AlarmRig.Latching), CommandVerb.Reset, 0, "shelved, suppressed or out of service");
    }

    [Theory]
    [InlineData("C/GH", "H")]
    [InlineData("C/GI", "I")]
    public void Row_29_the_end_of_shelving_leaves_the_other_mark(string place, string shown)
    {
        var rig = Rig(place);
        Assert.True(rig.Apply(CommandVerb.Unshelve).Accepted);
        Assert.Equal(shown, rig.Letter);
        rig = Rig(place);
        Assert.Equal((int)AlarmEventCode.Expire, Assert.Single(rig.ScanAfter(AlarmRig.ShelfSeconds)).Code);
        Assert.Equal((shown, 1), (rig.Letter, rig.Live.Occurrence));
    }

    [Theory]
    [InlineData("C/GH", "G")]
    [InlineData("C/HI", "I")]
    public void Row_30_the_end_of_suppression_leaves_the_other_mark(string place, string shown)
    {
        var rig = Rig(place);
        Assert.True(rig.Apply(CommandVerb.Unsuppress).Accepted);
        Assert.Equal(shown, rig.Letter);
    }

    [Fact]
    public void Row_30_an_operator_cannot_end_what_the_logic_still_asks_for()
    {
        var rig = new AlarmRig(AlarmRig.Plain with { SuppressTag = 1 });
        rig.Tags.Set(1, 1, Quality.Good, 0);
        rig.Scan(AlarmRig.Present);
        rig.Drain();
        AssertRefused(rig, CommandVerb.Unsuppress, 0, "the logic still suppresses");
    }

    [Theory]
    [InlineData("C/GI", "G")]
    [InlineData("C/HI", "H")]
    public void Row_31_the_return_to_service_leaves_the_other_mark(string place, string shown)
    {
        var rig = Rig(place);
        Assert.True(rig.Apply(CommandVerb.ReturnToService).Accepted);
        Assert.Equal(shown, rig.Letter);
    }

    [Theory]
    [InlineData("C/G", CommandVerb.Unshelve)]
    [InlineData("C/H", CommandVerb.Unsuppress)]
    [InlineData("C/I", CommandVerb.ReturnToService)]
    public void Row_32_the_last_mark_ends_while_the_condition_stands(string place, CommandVerb verb)
    {
        var rig = Rig(place);
        rig.Wait(60);
        Assert.True(rig.Apply(verb).Accepted);
        Assert.Equal(("B", 2, 2L), (rig.Letter, rig.Live.Occurrence, rig.Live.Annunciations));
        Assert.Equal((rig.Now.Utc, (string?)null), (rig.Live.RaisedUtc, rig.Live.AckedBy));
    }

    [Theory]
    [InlineData("E/G", CommandVerb.Unshelve)]
    [InlineData("F/H", CommandVerb.Unsuppress)]
    [InlineData("F/I", CommandVerb.ReturnToService)]
    public void Row_33_the_last_mark_ends_and_the_latch_stands(string place, CommandVerb verb)
    {
        var rig = Rig(place, AlarmRig.Latching);
        Assert.True(rig.Apply(verb).Accepted);
        Assert.Equal((place[..1], 1), (rig.Letter, rig.Live.Occurrence));
    }

    [Theory]
    [InlineData("A/G", CommandVerb.Unshelve)]
    [InlineData("B-/G", CommandVerb.Unshelve)]
    [InlineData("C-/H", CommandVerb.Unsuppress)]
    [InlineData("D/I", CommandVerb.ReturnToService)]
    public void Row_34_the_last_mark_ends_and_nothing_stands(string place, CommandVerb verb)
    {
        var rig = Rig(place);
        Assert.True(rig.Apply(verb).Accepted);
        Assert.Equal("A", rig.Letter);
    }

    [Fact]
    public void Row_34_suppression_that_ends_in_the_scan_in_which_the_condition_goes_does_not_sound()
    {
        var rig = new AlarmRig(AlarmRig.Plain with { SuppressTag = 1 });
        rig.Tags.Set(1, 1, Quality.Good, 0);
        rig.Scan(AlarmRig.Present);
        rig.Tags.Set(1, 0, Quality.Good, 0);
        Assert.Single(rig.Scan(AlarmRig.Absent));
        Assert.Equal(("A", 0), (rig.Letter, rig.Live.Occurrence));
    }

    [Fact]
    public void Row_35_ending_a_mark_that_is_not_set_is_refused_and_recorded()
    {
        AssertRefused(Rig("B"), CommandVerb.Unshelve, 0, "not shelved");
        AssertRefused(Rig("B"), CommandVerb.Unsuppress, 0, "not suppressed");
        AssertRefused(Rig("B"), CommandVerb.ReturnToService, 0, "not out of service");
    }

    [Fact]
    public void Row_36_a_restart_changes_nothing()
    {
        foreach (string place in new[] { "A", "B", "C", "D", "C/G", "B-/GH", "C/GHI" })
        {
            var rig = Rig(place);
            rig.Wait(10);
            AlarmLive before = rig.Live;
            long left = before.ShelveExpiryElapsed - rig.Now.Elapsed;
            rig.Restart();
            Assert.Empty(rig.Scan());
            AlarmLive after = rig.Live;
            Assert.Equal((before.State, before.Base, before.Flags, before.ConditionActive), (after.State, after.Base, after.Flags, after.ConditionActive));
            Assert.Equal((before.Occurrence, before.Annunciations, before.AckedBy), (after.Occurrence, after.Annunciations, after.AckedBy));
            Assert.Equal((before.RaisedUtc, before.AckedUtc, before.ReturnedUtc), (after.RaisedUtc, after.AckedUtc, after.ReturnedUtc));
            if (place.Contains('G', StringComparison.Ordinal))
                Assert.Equal(left, after.ShelveExpiryElapsed - rig.Now.Elapsed);
        }
    }

    [Theory]
    [InlineData("A", AlarmRig.Present)]
    [InlineData("B", AlarmRig.Absent)]
    [InlineData("C", AlarmRig.Absent)]
    public void Row_37_a_bad_value_neither_raises_nor_clears(string place, double value)
    {
        var rig = Rig(place);
        Assert.Empty(rig.Scan(value, Quality.BadSensorFailure));
        Assert.Equal(place, rig.Letter);
        Assert.Single(rig.Scan(value, Quality.Uncertain));
    }

    [Fact]
    public void Row_38_a_stepped_wall_clock_moves_no_expiry_delay_or_re_alarm_time()
    {
        foreach (double days in new[] { 400.0, -400.0 })
        {
            var rig = Rig("C/G");
            rig.StepWallClock(TimeSpan.FromDays(days));
            Assert.Empty(rig.Scan());
            Assert.Empty(rig.ScanAfter(AlarmRig.ShelfSeconds - 1));
            Assert.Single(rig.ScanAfter(1));

            var delayed = new AlarmRig(AlarmRig.Plain with { OnDelayMs = 5000, ReAlarmMs = 7000 });
            delayed.Scan(AlarmRig.Present);
            delayed.StepWallClock(TimeSpan.FromDays(days));
            Assert.Empty(delayed.Scan());
            Assert.Single(delayed.ScanAfter(5));
            delayed.Apply(CommandVerb.Ack);
            delayed.Drain();
            delayed.StepWallClock(TimeSpan.FromDays(days));
            Assert.Empty(delayed.ScanAfter(6.999));
            Assert.Single(delayed.ScanAfter(0.001));
        }
    }

    [Fact]
    public void Every_row_of_the_sheet_is_in_the_table()
    {
        var numbers = new SortedSet<int>();
        foreach (AlarmTableRow row in AlarmStateTable.Rows)
            numbers.Add(row.Number);
        Assert.Equal(Enumerable.Range(0, 39), numbers);
    }

    private static AlarmRig Rig(string place, AlarmDefinition? definition = null)
    {
        var rig = new AlarmRig(definition ?? (place[0] is 'E' or 'F' ? AlarmRig.Latching : AlarmRig.Plain));
        rig.Bring(place);
        return rig;
    }

    private static void AssertOff(AlarmRig rig, string to)
    {
        rig.Wait(2);
        ScanEvent item = Assert.Single(rig.Scan(AlarmRig.Absent));
        Assert.Equal((to, 1, (int)AlarmEventCode.Off), (rig.Letter, rig.Live.Occurrence, item.Code));
        Assert.Equal(rig.Now.Utc, rig.Live.ReturnedUtc);
    }

    private static void AssertOn(AlarmRig rig)
    {
        rig.Scan(AlarmRig.Present);
        Assert.Equal(("B", 2, 2L, 0L), (rig.Letter, rig.Live.Occurrence, rig.Live.Annunciations, rig.Live.ReturnedUtc));
        Assert.Equal((0L, (string?)null), (rig.Live.AckedUtc, rig.Live.AckedBy));
    }

    private static void AssertRefused(AlarmRig rig, CommandVerb verb, double argument, string refusal, string reason = "because", string user = "olga")
    {
        AlarmLive before = rig.Live;
        AlarmCommandResult result = rig.Apply(verb, argument, reason, user);
        Assert.Equal(new AlarmCommandResult(false, refusal, before.State), result);
        ScanEvent item = Assert.Single(rig.Drain());
        Assert.Equal((false, refusal, user), (item.Accepted, item.Reason, item.User));
        Assert.Equal(((int)before.State, (int)before.State), (item.From, item.To));
        Assert.Equal((before.Base, before.Flags, before.Occurrence), (rig.Live.Base, rig.Live.Flags, rig.Live.Occurrence));
    }
}
