using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Supervision;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Supervision;

/// <summary>Failures seen in plants, each by the id of its lesson, in virtual time.</summary>
public sealed class LessonTests
{
    [Fact]
    public void F01_a_server_that_restarts_50_times_sees_few_attempts_and_one_session()
    {
        var rig = new PlantRig();
        rig.Watch(0);
        rig.Client.Start();
        rig.Time.Advance(5);
        for (int restart = 0; restart < 50; restart++)
        {
            int before = rig.Server.Attempts;
            rig.Server.IsRefusing = true;
            rig.Server.Restart();
            rig.Time.Advance(120);
            // 1, 2, 4 ... 60 s with 20 % jitter.
            Assert.InRange(rig.Server.Attempts - before, 5, 10);
            rig.Server.IsRefusing = false;
            rig.Time.Advance(70);
            Assert.True(rig.Client.IsConnected);
        }

        Assert.Equal(1, rig.Server.MostSessions);
    }

    [Fact]
    public void F02_a_server_with_two_sessions_is_never_locked_up()
    {
        var rig = new PlantRig();
        rig.Server.MaxSessions = 2;
        rig.Watch(0);
        rig.Client.Start();
        for (int i = 0; i < 30; i++)
        {
            rig.Server.CutInsideAnswer(i % 9);
            rig.Time.Advance(2);
            rig.Server.Cut();
            Assert.True(rig.SecondsToData(0, 200, 100 + i) <= 150, $"round {i}");
        }

        Assert.True(rig.Server.MostSessions <= 2);
    }

    [Fact]
    public void F03_both_sides_restart_and_ids_begin_at_one_again()
    {
        var rig = new PlantRig();
        rig.Watch(0);
        rig.Client.Start();
        rig.Time.Advance(3);
        var random = new Random(3);
        for (int i = 1; i <= 100; i++)
        {
            switch (random.Next(3))
            {
                case 0:
                    rig.Server.Restart();
                    break;
                case 1:
                    RestartClient(rig);
                    break;
                default:
                    rig.Server.Restart();
                    RestartClient(rig);
                    break;
            }

            double seconds = rig.SecondsToData(0, 60, i);
            Assert.True(seconds <= 10, $"restart {i}: {seconds} s");
            rig.Time.Advance(random.NextDouble() * 10);
        }

        Assert.True(rig.Server.AliveSessions <= 1);
    }

    [Fact]
    public void F04_one_of_three_subscriptions_goes_silent_while_the_link_is_fine()
    {
        var rig = new PlantRig(3);
        (WatchedSubscription Watched, WatchLog Log)[] all = [rig.WatchAlone(0), rig.WatchAlone(1), rig.WatchAlone(2)];
        WatchedSubscription[] watched = [.. all.Select(a => a.Watched)];
        rig.Client.Start();
        rig.Time.Advance(5);
        rig.Server.Subscriptions[watched[1].Current!.Id].IsSilent = true;
        rig.Server.Set(PlantRig.Key(1), 9);
        double seconds = rig.SecondsUntil(() => all[1].Log.Of(0).Contains(9), 60);
        Assert.True(seconds <= 10, $"{seconds} s");
        rig.Time.Advance(5);
        Assert.Equal((0L, 1L, 0L), (watched[0].Recreations, watched[1].Recreations, watched[2].Recreations));
        Assert.Equal([true, false, true], all[1].Log.Live);
        Assert.Equal([true], all[0].Log.Live);
        Assert.Equal(1, rig.Server.Created);
    }

    [Fact]
    public void F04_an_item_that_died_alone_is_found_by_reading_and_created_anew()
    {
        var rig = new PlantRig(2);
        WatchedSubscription watched = rig.Watch([.. Enumerable.Range(0, 2).Select(i => new WatchedItem { Node = PlantRig.Item(i).Node, LongestSilenceMs = 5_000 })]);
        rig.Client.Start();
        rig.Time.Advance(5);
        rig.Server.Subscriptions[watched.Current!.Id].Items[watched.Items[1].ServerId].IsDead = true;
        double seconds = rig.SecondsToData(1, 60, 9);
        Assert.True(seconds <= 10, $"{seconds} s");
        Assert.Equal(1, rig.Client.RecreatedItems);
        Assert.Equal(0, watched.Recreations);
        Assert.True(rig.SecondsToData(1, 10, 10) <= 2);
    }

    [Fact]
    public void F05_one_bad_node_of_500_leaves_the_others_alone_and_is_retried()
    {
        var rig = new PlantRig(500);
        rig.Server.Values.Remove(PlantRig.Key(77));
        WatchedSubscription watched = rig.Watch([.. Enumerable.Range(0, 500)]);
        rig.Client.Start();
        rig.Time.Advance(3600);
        Assert.Equal(499, rig.Log.Data.Select(d => d.Item).Distinct().Count());
        Assert.Equal(StatusCodes.BadNodeIdUnknown, rig.Log.Items[77].Status);
        Assert.Equal(0, watched.Recreations);
        rig.Server.Set(PlantRig.Key(77), 5);
        rig.Time.Advance(62);
        Assert.Equal([5], rig.Log.Of(77));
        Assert.True(rig.Log.Items[77].IsNone);
    }

    [Fact]
    public void F06_a_server_away_for_12_hours_is_back_within_70_seconds()
    {
        var rig = new PlantRig();
        rig.Watch(0);
        rig.Client.Start();
        rig.Time.Advance(5);
        rig.Server.IsRefusing = true;
        rig.Server.Restart();
        rig.Time.Advance(12 * 3600);
        rig.Server.IsRefusing = false;
        double seconds = rig.SecondsToData(0, 200, 1);
        Assert.True(seconds <= 70, $"{seconds} s");
    }

    [Fact]
    public void F07_after_100_reconnects_each_change_arrives_once()
    {
        var rig = new PlantRig();
        WatchedSubscription watched = rig.Watch(0);
        rig.Client.Start();
        rig.Time.Advance(3);
        for (int i = 1; i <= 100; i++)
        {
            if (i % 2 == 0)
                rig.Server.ForgetSessions();
            rig.Server.Cut();
            rig.Time.Advance(4);
            rig.Server.Set(PlantRig.Key(0), i);
            rig.Time.Advance(3);
        }

        Assert.Equal(Enumerable.Range(0, 101).Select(i => (double)i), rig.Log.Of(0));
        Assert.Equal((0L, 0L), (watched.Recreations, watched.LostMessages));
    }

    [Fact]
    public void F09_a_half_open_connection_is_noticed_within_five_seconds()
    {
        var rig = new PlantRig();
        rig.Watch(0);
        rig.Client.Start();
        rig.Time.Advance(5);
        rig.Server.IsBlackHole = true;
        rig.Time.Advance(6);
        Assert.False(rig.Client.IsConnected);
        Assert.False(rig.Log.Live[^1]);
        rig.Server.EndBlackHole();
        Assert.True(rig.SecondsToData(0, 60, 3) <= 10);
    }

    [Fact]
    public void F33_status_and_value_pass_unchanged_and_an_overflow_is_a_good_value_with_a_counted_loss()
    {
        var rig = new PlantRig();
        WatchedSubscription watched = rig.Watch([new WatchedItem { Node = PlantRig.Item(0).Node, SamplingMs = 100, QueueSize = 2 }]);
        rig.Client.Start();
        rig.Time.Advance(3);
        rig.Log.Data.Clear();
        rig.Server.Set(PlantRig.Key(0), 1, StatusCodes.BadSensorFailure);
        rig.Time.Advance(1.5);
        rig.Server.Set(PlantRig.Key(0), 2, StatusCodes.UncertainSensorNotAccurate);
        rig.Time.Advance(1.5);
        Assert.Equal([(1.0, StatusCodes.BadSensorFailure), (2.0, StatusCodes.UncertainSensorNotAccurate)], rig.Log.Data.Select(d => (d.Value.Value.TryGet(out double v) ? v : double.NaN, d.Value.Status)));
        rig.Log.Data.Clear();
        for (int i = 3; i < 8; i++)
            rig.Server.Set(PlantRig.Key(0), i);
        rig.Time.Advance(1.5);
        Assert.Equal([6, 7], rig.Log.Of(0));
        Assert.True(rig.Log.Data[0].Value.Status.IsGood);
        Assert.True(rig.Log.Data[0].Value.Status.HasOverflow);
        Assert.Equal(1, watched.Overflows);
    }

    [Fact]
    public void F34_ten_changes_a_second_for_an_hour_are_36000_samples()
    {
        var rig = new PlantRig();
        WatchedSubscription watched = rig.Watch(0);
        rig.Client.Start();
        rig.Time.Advance(3);
        int value = 0;
        rig.Run(3600, 0.1, () => rig.Server.Set(PlantRig.Key(0), ++value));
        rig.Time.Advance(2);
        Assert.Equal(Enumerable.Range(0, value + 1).Select(i => (double)i), rig.Log.Of(0));
        Assert.InRange(value, 36_000, 36_001);
        Assert.Equal(12u, watched.Items[0].RevisedQueueSize);
        Assert.False(watched.Items[0].IsQueueShort);
        Assert.Equal(0, watched.Overflows);
    }

    [Fact]
    public void F34_a_queue_the_server_shortens_is_told()
    {
        var rig = new PlantRig();
        rig.Server.MaxQueue = 4;
        WatchedSubscription watched = rig.Watch(0);
        rig.Client.Start();
        rig.Time.Advance(3);
        Assert.True(watched.Items[0].IsQueueShort);
        Assert.Equal(4u, watched.Items[0].RevisedQueueSize);
    }

    [Fact]
    public void F36_namespaces_that_swap_between_sessions_are_found_by_their_uri()
    {
        var rig = new PlantRig();
        rig.Server.Set("urn:a|1", 10);
        rig.Server.Set("urn:b|1", 20);
        rig.Watch([new WatchedItem { Node = new ExpandedNodeId(new NodeId(1, 0), "urn:a") }, new WatchedItem { Node = new ExpandedNodeId(new NodeId(1, 3)) }]);
        rig.Client.Start();
        rig.Time.Advance(3);
        rig.Server.Namespaces = ["http://opcfoundation.org/UA/", "urn:plant", "urn:b", "urn:a"];
        rig.Server.Restart();
        rig.Time.Advance(5);
        Assert.All(rig.Log.Of(0), v => Assert.Equal(10, v));
        Assert.All(rig.Log.Of(1), v => Assert.Equal(20, v));
        Assert.Equal([10.0, 10.0], rig.Log.Of(0));
        Assert.Equal([20.0, 20.0], rig.Log.Of(1));
    }

    [Fact]
    public void Portions_are_halved_until_the_server_takes_them()
    {
        var rig = new PlantRig(300);
        rig.Server.MaxOperations = 30;
        WatchedSubscription watched = rig.Watch([.. Enumerable.Range(0, 300)]);
        rig.Client.Start();
        rig.Time.Advance(5);
        Assert.Equal(300, rig.Log.Data.Select(d => d.Item).Distinct().Count());
        Assert.InRange(rig.Client.MonitorPortion, 15, 30);
        Assert.Equal(300, watched.Items.Count(i => i.ServerId != 0));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void A_day_of_restarts_silence_reused_ids_and_revisions_brings_data_back_within_ten_seconds(int seed)
    {
        var rig = new PlantRig(2);
        WatchLog[] logs = [rig.WatchAlone(0).Log, rig.WatchAlone(1).Log];
        rig.Client.Start();
        rig.Time.Advance(5);
        var random = new Random(seed);
        int value = 0;
        for (double now = 0; now < 24 * 3600;)
        {
            string trouble = Trouble(rig, random);
            value++;
            rig.Server.Set(PlantRig.Key(0), value);
            rig.Server.Set(PlantRig.Key(1), value);
            double seconds = rig.SecondsUntil(() => Array.TrueForAll(logs, l => l.Of(0)[^1] == value), 100);
            Assert.True(seconds <= 10, $"after {now} s: {trouble} for {seconds} s");
            double pause = 30 + (random.NextDouble() * 240);
            rig.Time.Advance(pause);
            now += pause + seconds;
        }

        Assert.Equal(1, rig.Server.MostSessions);
        Assert.Equal(0, rig.Client.Restarts);
        Assert.True(value > 400, $"{value} troubles");
    }

    private static string Trouble(PlantRig rig, Random random)
    {
        int kind = random.Next(7);
        switch (kind)
        {
            case 0:
                rig.Server.Restart();
                break;
            case 1:
                rig.Server.IsRefusing = true;
                rig.Server.Restart();
                rig.Time.Advance(random.NextDouble() * 3);
                rig.Server.IsRefusing = false;
                break;
            case 2:
                foreach (PlantServer.SubscriptionModel subscription in rig.Server.Subscriptions.Values)
                    subscription.IsSilent |= random.Next(2) == 0;
                break;
            case 3:
                rig.Server.ForgetSessions();
                break;
            case 4:
                rig.Server.IsBlackHole = true;
                rig.Time.Advance(random.NextDouble() * 6);
                rig.Server.EndBlackHole();
                break;
            case 5:
                // From here on slower and with shorter queues, or as asked for again.
                rig.Server.ShortestPublishingMs = random.Next(2) * 2000;
                rig.Server.MaxQueue = random.Next(2) == 0 ? 1 : 100;
                rig.Server.Restart();
                break;
            default:
                rig.Server.DropSubscriptions();
                break;
        }

        return new[] { "restart", "slow restart", "silence", "lost sessions", "black hole", "revision", "lost subscriptions" }[kind];
    }

    private static void RestartClient(PlantRig rig)
    {
        rig.Client.DisposeAsync().AsTask().GetAwaiter().GetResult();
        rig.NewClient();
        rig.Watch(0);
        rig.Client.Start();
    }
}
