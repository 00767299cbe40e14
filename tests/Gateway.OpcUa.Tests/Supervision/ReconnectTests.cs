using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Supervision;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Supervision;

/// <summary>The way back: same session on a new channel, transfer, republish, create anew. In virtual time.</summary>
public sealed class ReconnectTests
{
    [Fact]
    public void A_cut_link_goes_on_with_the_same_session_and_fetches_what_was_sent_meanwhile()
    {
        var rig = new PlantRig();
        WatchedSubscription watched = rig.Watch(0);
        rig.Client.Start();
        rig.Time.Advance(2);
        rig.Server.Set(PlantRig.Key(0), 1);
        rig.Server.IsBlackHole = true;
        rig.Time.Advance(1.5);
        rig.Server.EndBlackHole();
        rig.Server.Set(PlantRig.Key(0), 2);
        rig.Time.Advance(4);
        Assert.Equal([0, 1, 2], rig.Log.Of(0));
        Assert.Equal((1, 1L, 0L, 0L), (rig.Server.Created, rig.Client.Reactivations, watched.Recreations, watched.LostMessages));
        Assert.Equal(1, watched.Republished);
        Assert.Equal([true, false, true], rig.Log.Live);
    }

    [Fact]
    public void A_lost_session_is_made_again_and_its_subscriptions_are_transferred()
    {
        var rig = new PlantRig();
        WatchedSubscription watched = rig.Watch(0);
        rig.Client.Start();
        rig.Time.Advance(2);
        rig.Server.ForgetSessions();
        rig.Server.Cut();
        rig.Server.Set(PlantRig.Key(0), 1);
        rig.Time.Advance(4);
        Assert.Equal([0, 1], rig.Log.Of(0));
        Assert.Equal((2, 1L, 0L), (rig.Server.Created, rig.Client.Transfers, watched.Recreations));
        Assert.Equal(1, rig.Server.MostSessions);
        Assert.Single(rig.Server.Subscriptions);
    }

    [Fact]
    public void Where_transfer_is_not_known_subscriptions_are_created_anew_and_the_gap_is_told()
    {
        var rig = new PlantRig();
        WatchedSubscription watched = rig.Watch(0);
        rig.Server.Refuse = r => r is TransferSubscriptionsRequest ? StatusCodes.BadServiceUnsupported : default;
        rig.Client.Start();
        rig.Time.Advance(2);
        rig.Server.ForgetSessions();
        rig.Server.Cut();
        rig.Server.Set(PlantRig.Key(0), 1);
        rig.Time.Advance(4);
        Assert.Equal(1, rig.Log.Of(0)[^1]);
        Assert.Equal(1, watched.Recreations);
        Assert.Equal([(LossCause.Recreated, 0u)], rig.Log.Losses);
    }

    [Fact]
    public void The_word_that_there_is_no_subscription_is_believed()
    {
        var rig = new PlantRig();
        WatchedSubscription watched = rig.Watch(0);
        rig.Client.Start();
        rig.Time.Advance(2);
        rig.Server.DropSubscriptions();
        double seconds = rig.SecondsToData(0, 10, 5);
        Assert.True(seconds <= 3, $"{seconds} s");
        Assert.Equal(1, watched.Recreations);
        Assert.Equal(0, watched.Silences);
    }

    [Fact]
    public void A_handler_that_throws_ends_nothing()
    {
        var rig = new PlantRig();
        WatchedSubscription watched = rig.Watch(0);
        rig.Log.Throws = true;
        rig.Client.Start();
        rig.Time.Advance(3);
        Assert.True(watched.HandlerFaults >= 2, $"{watched.HandlerFaults} faults");
        Assert.IsType<InvalidOperationException>(watched.LastHandlerFault);
        rig.Log.Throws = false;
        Assert.True(rig.SecondsToData(0, 10, 5) <= 2);
        rig.Server.Cut();
        Assert.True(rig.SecondsToData(0, 10, 6) <= 4);
        Assert.Equal(0, rig.Client.Restarts);
    }

    [Fact]
    public void A_lost_answer_to_the_creation_of_a_session_leaves_two_at_most()
    {
        var rig = new PlantRig();
        rig.Watch(0);
        // The answer to CreateSession never comes, four times in a row.
        int lost = 0;
        rig.Server.Peer.Tamper = bytes =>
        {
            if (rig.Server.Peer.Requests.LastOrDefault() is not CreateSessionRequest || lost >= 4)
                return bytes;
            lost++;
            rig.Server.Cut();
            return [];
        };
        rig.Client.Start();
        rig.Time.Advance(300);
        Assert.Equal(4, lost);
        Assert.True(rig.Client.IsConnected);
        Assert.True(rig.Server.MostSessions <= 2, $"{rig.Server.MostSessions} sessions at once");
    }

    [Fact]
    public void A_read_ahead_of_a_subscription_is_not_told_twice()
    {
        var rig = new PlantRig();
        rig.Server.MaxRetransmitted = 0;
        WatchedSubscription watched = rig.Watch(0);
        rig.Client.Start();
        rig.Time.Advance(2);
        rig.Server.Set(PlantRig.Key(0), 1);
        rig.Server.IsBlackHole = true;
        rig.Time.Advance(1.5);
        rig.Server.EndBlackHole();
        rig.Time.Advance(0.5);
        // Queued at the server when the loss is noticed: the read brings it first, then the subscription.
        rig.Run(6, 0.1, () =>
        {
            if (watched.LostMessages == 0)
                rig.Server.Set(PlantRig.Key(0), rig.Server.Values[PlantRig.Key(0)].Value.TryGet(out double last) ? last + 1 : 0);
        });
        double[] got = rig.Log.Of(0);
        Assert.Equal(1, watched.LostMessages);
        Assert.Equal(got.Distinct(), got);
        Assert.True(rig.Server.Values[PlantRig.Key(0)].Value.TryGet(out double newest));
        Assert.Equal(newest, got[^1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void F09_1000_random_cuts_lose_and_double_nothing_while_the_queues_hold(int seed)
    {
        var rig = new PlantRig(3);
        WatchedItem[] items = [.. Enumerable.Range(0, 3).Select(i => new WatchedItem { Node = PlantRig.Item(i).Node, SamplingMs = 100, QueueSize = 100_000 })];
        WatchedSubscription watched = rig.Watch(items, new SubscriptionSettings { PublishingIntervalMs = 500, LifetimeCount = 100_000, KeepAliveCount = 4 });
        rig.Client.Start();
        int last = RandomCuts(rig, seed);
        for (int item = 0; item < 3; item++)
            Assert.Equal(Enumerable.Range(0, last + 1).Select(v => (double)v), rig.Log.Of(item));
        Assert.Equal((0L, 0L, 0L), (watched.LostMessages, watched.Recreations, watched.Overflows));
        Assert.True(watched.Republished > 20, $"{watched.Republished} republished");
        Assert.True(rig.Server.MostSessions <= 2, $"{rig.Server.MostSessions} sessions at once");
    }

    [Fact]
    public void What_the_server_no_longer_has_is_counted_message_for_message()
    {
        var rig = new PlantRig();
        rig.Server.MaxRetransmitted = 1;
        WatchedItem[] items = [new WatchedItem { Node = PlantRig.Item(0).Node, SamplingMs = 100, QueueSize = 100_000 }];
        WatchedSubscription watched = rig.Watch(items, new SubscriptionSettings { PublishingIntervalMs = 500, LifetimeCount = 100_000, KeepAliveCount = 4 });
        rig.Client.Start();
        RandomCuts(rig, 3);
        HashSet<double> got = [.. rig.Log.Of(0)];
        // A message is lost when nothing of it came by publish or republish; the newest value may have come by a read.
        int lost = rig.Server.Published.Count(m => !got.Contains(m[0]));
        Assert.True(watched.LostMessages > 10, $"{watched.LostMessages} lost");
        Assert.InRange(watched.LostMessages - lost, 0, watched.LostMessages / 5);
        Assert.Equal(watched.LostMessages, rig.Log.Losses.Sum(l => l.Messages));
        Assert.Equal(0, watched.Recreations);
    }

    /// <summary>Cuts at random moments and inside random answers, black holes and refusals; a new value every 100 ms.</summary>
    private static int RandomCuts(PlantRig rig, int seed)
    {
        var random = new Random(seed);
        int value = 0;
        void Next()
        {
            value++;
            foreach (string key in rig.Server.Values.Keys.ToList())
                rig.Server.Set(key, value);
        }

        rig.Time.Advance(2);
        for (int cut = 0; cut < 1000; cut++)
        {
            switch (random.Next(4))
            {
                case 0:
                    rig.Server.Cut();
                    break;
                case 1:
                    rig.Server.CutInsideAnswer(random.Next(12));
                    break;
                case 2:
                    rig.Server.IsBlackHole = true;
                    rig.Run(random.NextDouble() * 3, 0.1, Next);
                    rig.Server.EndBlackHole();
                    break;
                default:
                    rig.Server.IsRefusing = true;
                    rig.Server.Cut();
                    rig.Run(random.NextDouble() * 2, 0.1, Next);
                    rig.Server.IsRefusing = false;
                    break;
            }

            rig.Run(random.NextDouble() * 5, 0.1, Next);
        }

        rig.Server.Peer.Tamper = null;
        rig.Time.Advance(180);
        return value;
    }
}
