using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Scan;

public sealed class ScanCycleTests
{
    private readonly ScanPlant _plant = new();

    private TagValue Tag(int index) => _plant.Scan.Tags[index];

    [Fact]
    public void A_sample_is_scaled_calculated_alarmed_and_published_in_one_scan()
    {
        _plant.Feed(2000, 6);
        _plant.Step();
        Assert.Equal(10000, Tag(0).Value, 9);
        Assert.Equal(60, Tag(2).Value, 9); // 10,000 m3/h at 6 mg/L is 60 kg/h
        Assert.Equal(AlarmState.Unacknowledged, _plant.Scan.Alarms[0].State);
        Assert.True(_plant.Scan.Snapshots.TryRent(out SnapshotLease lease));
        using (lease)
        {
            Assert.Equal(1, lease.Value.Time.Number);
            Assert.Equal(60, lease.Value.Tags[2].Value, 9);
            Assert.Equal(2000, lease.Value.Raw[0]);
            Assert.Equal(AlarmState.Unacknowledged, lease.Value.Alarms[0].State);
            Assert.Equal(RunState.Run, lease.Value.State);
        }
    }

    [Fact]
    public void F32_a_lost_answer_keeps_the_old_value_with_a_bad_quality()
    {
        _plant.Feed(2000, 6);
        _plant.Step();
        _plant.Feed(0, 0, Quality.BadTimeout);
        _plant.Step();
        Assert.Equal(6, Tag(1).Value);
        Assert.Equal(Quality.BadTimeout, Tag(1).Quality);
        Assert.Equal(60, Tag(2).Value, 9);
        Assert.Equal(Quality.BadTimeout, Tag(2).Quality);
    }

    [Fact]
    public void A_silent_block_ages_from_good_to_uncertain_to_bad_and_recovers()
    {
        _plant.Feed(2000, 1);
        _plant.Step();
        for (int i = 0; i < 19; i++)
            _plant.Step();
        Assert.True(Tag(0).Quality.IsGood);
        _plant.Step();
        Assert.Equal(Quality.UncertainLastUsableValue, Tag(0).Quality);
        for (int i = 0; i < 30; i++)
            _plant.Step();
        Assert.Equal(Quality.BadNoCommunication, Tag(0).Quality);
        Assert.Equal(10000, Tag(0).Value, 9);
        _plant.Feed(4000, 1);
        _plant.Step();
        Assert.True(Tag(0).Quality.IsGood);
        Assert.Equal([2, 1, 0, 2], _plant.Events.Where(e => e.Kind == EventKind.Quality && e.Subject == 0).Select(e => e.To));
    }

    [Fact]
    public void Before_first_data_nothing_is_good_and_the_scan_starts_after_its_limit()
    {
        _plant.Step();
        Assert.Equal(Quality.BadWaitingForInitialData, Tag(0).Quality);
        Assert.Equal(RunState.Starting, _plant.Scan.State);
        for (int i = 0; i < 99; i++)
            _plant.Step();
        Assert.Equal(RunState.Starting, _plant.Scan.State);
        _plant.Step();
        Assert.Equal(RunState.Run, _plant.Scan.State);
        Assert.Equal(Quality.BadWaitingForInitialData, Tag(0).Quality);
    }

    [Fact]
    public void The_wait_for_first_data_is_the_site_s_to_choose()
    {
        var scan = new ScanCycle(_plant.Plant, [new InputBinding("silent", new InputMailbox(1), [0], 1, 1)], new OutputMailbox(1), 64) { StartingLimit = ScanTime.TicksPerSecond };
        for (int i = 0; i < 10; i++)
            scan.Execute(new ScanTime(i, ScanPlant.Start + i * 1_000_000L, i * 1_000_000L));
        Assert.Equal(RunState.Starting, scan.State);

        scan.Execute(new ScanTime(10, ScanPlant.Start + ScanTime.TicksPerSecond, ScanTime.TicksPerSecond));

        Assert.Equal(RunState.Run, scan.State);
    }

    [Fact]
    public void A_stepped_wall_clock_is_reported_once_and_ages_nothing()
    {
        _plant.Feed(2000, 1);
        _plant.Step();
        _plant.Step(100, 3600 * ScanTime.TicksPerSecond);
        _plant.Step(100, 3600 * ScanTime.TicksPerSecond);
        ScanEvent step = Assert.Single(_plant.Events, e => e.Kind == EventKind.System && e.Code == (int)SystemEvent.ClockStep);
        Assert.Equal(3600, step.Value, 6);
        Assert.True(Tag(0).Quality.IsGood);
    }

    [Fact]
    public void A_write_is_posted_in_raw_units_and_its_outcome_is_told()
    {
        _plant.Feed(2000, 1);
        _plant.Step();
        _plant.Scan.Commands.TryAdd(new OperatorCommand { Verb = CommandVerb.Write, Target = 0, Argument = 5000, User = "ann", CorrelationId = 7 });
        _plant.Step();
        long seen = 0;
        Assert.True(_plant.Writes.TryTake(0, ref seen, out OutputRequest request));
        Assert.Equal(1000, request.Raw, 9);
        Assert.Equal(_plant.Elapsed + 2000 * ScanTime.TicksPerMillisecond, request.ExpiresElapsed);
        Assert.False(_plant.Writes.TryTake(0, ref seen, out _));
        _plant.Writes.Complete(0, new OutputOutcome(request.Sequence, OutputResult.Refused, 2, double.NaN));
        _plant.Step();
        ScanEvent outcome = Assert.Single(_plant.Events, e => e.Kind == EventKind.Output);
        Assert.Equal((int)OutputResult.Refused, outcome.Code);
        Assert.False(outcome.Accepted);
        Assert.Equal(7, outcome.CorrelationId);
        Assert.Contains("exception 2", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(1, _plant.Scan.Outputs.CountOf(0, OutputResult.Refused));
    }

    [Theory]
    [InlineData(RunState.Stop)]
    [InlineData(RunState.Fault)]
    public void A_stop_drives_the_fail_safe_value_in_place_of_a_pending_write_and_waits_for_its_end(RunState state)
    {
        _plant.Feed(2000, 1);
        _plant.Step();
        _plant.Scan.Commands.TryAdd(new OperatorCommand { Verb = CommandVerb.Write, Target = 0, Argument = 5000, User = "ann" });
        _plant.Step();
        Assert.False(_plant.Stop(state));
        long seen = 0;

        Assert.True(_plant.Writes.TryTake(0, ref seen, out OutputRequest request));
        Assert.Equal(40, request.Raw, 9); // 200 m3/h of 20,000 on 0 to 4,000
        _plant.Writes.Complete(0, new OutputOutcome(request.Sequence, OutputResult.Done, 0, 40));

        Assert.True(_plant.Settle());
        ScanEvent[] outcomes = [.. _plant.Events.Where(e => e.Kind == EventKind.Output)];
        Assert.Equal([((int)OutputResult.Expired, 5000.0, "ann"), ((int)OutputResult.Done, 200.0, null)], outcomes.Select(e => (e.Code, e.Value, e.User)));
        Assert.Equal("fail-safe value", outcomes[1].Reason);
    }

    [Fact]
    public void A_stop_leaves_alone_what_is_not_armed_or_has_no_fail_safe_value()
    {
        PlantModel model = _plant.Plant;
        OutputDefinition armed = model.Outputs[0];
        var writes = new OutputMailbox(2);
        var scan = new ScanCycle(model with { Outputs = [armed with { Armed = false }, armed with { Index = 1, FailSafe = double.NaN }] }, [], writes, 64);

        scan.Stop(new ScanTime(1, ScanPlant.Start, 0), RunState.Stop);

        long seen = 0;
        Assert.True(scan.Settle(new ScanTime(1, ScanPlant.Start, 0)));
        Assert.False(writes.TryTake(0, ref seen, out _) || writes.TryTake(1, ref seen, out _));
    }

    [Theory]
    [InlineData(99.9)]
    [InlineData(10000.1)]
    [InlineData(double.NaN)]
    public void A_write_outside_the_limits_is_refused_and_never_posted(double value)
    {
        _plant.Feed(2000, 1);
        _plant.Step();
        _plant.Scan.Commands.TryAdd(new OperatorCommand { Verb = CommandVerb.Write, Target = 0, Argument = value });
        _plant.Step();
        long seen = 0;
        Assert.False(_plant.Writes.TryTake(0, ref seen, out _));
        Assert.Equal((int)OutputResult.Interlocked, Assert.Single(_plant.Events, e => e.Kind == EventKind.Output).Code);
    }

    [Fact]
    public void A_write_before_run_and_commands_to_nobody_are_refused_with_a_reason()
    {
        _plant.Scan.Commands.TryAdd(new OperatorCommand { Verb = CommandVerb.Write, Target = 0, Argument = 500 });
        _plant.Scan.Commands.TryAdd(new OperatorCommand { Verb = CommandVerb.Write, Target = 5, Argument = 500 });
        _plant.Scan.Commands.TryAdd(new OperatorCommand { Verb = CommandVerb.Ack, Target = -1 });
        _plant.Scan.Commands.TryAdd(new OperatorCommand { Verb = CommandVerb.Mode, Target = 0 });
        _plant.Step();
        Assert.Contains(_plant.Events, e => e.Kind == EventKind.Output && !e.Accepted && e.Reason!.Contains("not in Run", StringComparison.Ordinal));
        Assert.Equal(3, _plant.Events.Count(e => e.Kind == EventKind.Command && !e.Accepted && e.Reason is not null));
    }

    [Fact]
    public void A_full_command_ring_refuses_at_once_and_counts()
    {
        var ring = new CommandRing(2);
        var command = new OperatorCommand { Verb = CommandVerb.Ack, Target = 0 };
        Assert.True(ring.TryAdd(command));
        Assert.True(ring.TryAdd(command));
        Assert.False(ring.TryAdd(command));
        Assert.Equal(1, ring.Refused);
        Assert.True(ring.TryTake(out _));
        Assert.True(ring.TryAdd(command));
    }

    [Fact]
    public void Readers_that_keep_every_buffer_never_stop_the_scan()
    {
        _plant.Feed(2000, 1);
        var leases = new List<SnapshotLease>();
        for (int i = 0; i < 6; i++)
        {
            _plant.Step();
            Assert.True(_plant.Scan.Snapshots.TryRent(out SnapshotLease lease));
            leases.Add(lease);
        }
        Assert.Equal(2, _plant.Scan.Snapshots.Skipped);
        Assert.Equal([1L, 2, 3, 4, 4, 4], leases.Select(l => l.Value.Time.Number));
        leases.ForEach(l => l.Dispose());
        _plant.Step();
        Assert.True(_plant.Scan.Snapshots.TryRent(out SnapshotLease newest));
        Assert.Equal(7, newest.Value.Time.Number);
        newest.Dispose();
    }

    [Fact]
    public void The_newest_image_wins_when_the_scan_is_slower_than_the_line()
    {
        _plant.Feed(1000, 1);
        _plant.Feed(2000, 2);
        _plant.Feed(3000, 3);
        _plant.Step();
        Assert.Equal(15000, Tag(0).Value, 9);
        Assert.Equal(3, Tag(1).Value);
    }

    [Fact]
    public void Figures_of_a_permit_window_are_tags_that_alarms_watch()
    {
        var plant = new ScanPlant();
        plant.Feed(2000, 4); // 10,000 m³/h; ScanPlant.Start is 08:00 of the permit's day
        plant.Step();
        Assert.Equal(Quality.Bad, plant.Scan.Tags[3].Quality);
        for (int second = 0; second < 2 * 3600; second++)
        {
            plant.Feed(2000, 4);
            plant.Step(1000);
        }
        ComplianceWindow window = plant.Scan.Compliance.Windows[0];
        Assert.Equal(window.RemainingAverage, plant.Scan.Tags[3].Value);
        Assert.Equal(PermitFigures.NoBreach, plant.Scan.Tags[4].Value);
        // The gateway never saw the morning, so the window is undetermined and its figures are to be used with care.
        Assert.Equal(Quality.UncertainSubNormal, plant.Scan.Tags[3].Quality);
        Assert.Equal(AlarmState.Normal, plant.Scan.Alarms.Live[1].State);
        for (int second = 0; second < 3600; second++)
        {
            plant.Feed(2000, 15);
            plant.Step(1000);
        }
        Assert.InRange(plant.Scan.Tags[4].Value, 0, 4);
        Assert.NotEqual(AlarmState.Normal, plant.Scan.Alarms.Live[1].State);
    }
}
