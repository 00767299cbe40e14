using Gateway.OpcUa;
using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;
using Gateway.Simulation.Plc;

namespace Gateway.Simulation.Tests.OpcUa;

/// <summary>What can be wrong with the OPC UA face, as a client sees it, in virtual time.</summary>
public sealed class FaceFaultTests
{
    // A heartbeat would change by itself; this set-point changes only when the test writes it.
    private const string Setpoint = "CHM_SP_501";
    private static readonly SubscriptionSettings s_settings = new() { PublishingIntervalMs = 1000, KeepAliveCount = 2 };
    private static readonly MonitoringParameters s_parameters = new() { ClientHandle = 1, SamplingInterval = 500, QueueSize = 10, DiscardOldest = true };
    private readonly FaceRig _rig = new();

    [Fact]
    public void F04_A_silent_subscription_lives_without_data() => _rig.Run(async () =>
    {
        var client = await _rig.ConnectAsync();
        await _rig.SubscribeAsync(client, s_settings, s_parameters, Setpoint);
        await _rig.WaitAsync(3);
        _rig.Log.Clear();
        var id = _rig.Disturb(DisturbanceKind.OpcUaNoData);
        _rig.Station.Use(plant => plant.Set(Setpoint, 77));
        await _rig.WaitAsync(20);
        Assert.True(_rig.Log.Count >= 5);
        Assert.All(_rig.Log, line => Assert.Equal("alive", line));
        Assert.Equal(new Variant(77f), (await _rig.ReadAsync(client, Setpoint)).Value);
        _rig.Station.Disturbances.Remove(id);
        await _rig.WaitAsync(3);
        Assert.Contains("77", _rig.Log);
    });

    [Fact]
    public void F04_A_dead_subscription_says_nothing_at_all_while_reads_are_answered() => _rig.Run(async () =>
    {
        var client = await _rig.ConnectAsync();
        await _rig.SubscribeAsync(client, s_settings, s_parameters, Setpoint);
        await _rig.WaitAsync(3);
        _rig.Log.Clear();
        _rig.Disturb(DisturbanceKind.OpcUaNoPublish);
        _rig.Station.Use(plant => plant.Set(Setpoint, 77));
        await _rig.WaitAsync(30);
        Assert.Empty(_rig.Log);
        Assert.Equal(new Variant(77f), (await _rig.ReadAsync(client, Setpoint)).Value);
    });

    [Fact]
    public void F03_Ids_come_again_after_each_restart() => _rig.Run(async () =>
    {
        _rig.Disturb(DisturbanceKind.OpcUaReuseIds);
        var (session, subscription) = await IdsAsync();
        Assert.Equal((1u, 1u), (session.Number, subscription));
        _rig.Disturb(DisturbanceKind.OpcUaRestart, duration: 5);
        await _rig.WaitAsync(10);
        Assert.Equal((session, subscription), await IdsAsync());

        async Task<(NodeId Session, uint Subscription)> IdsAsync()
        {
            var client = await _rig.ConnectAsync();
            return (client.SessionId, (await _rig.SubscribeAsync(client, s_settings, s_parameters, Setpoint)).Id);
        }
    });

    [Fact]
    public void A_restart_ends_sessions_and_refuses_connections_for_its_time() => _rig.Run(async () =>
    {
        var client = await _rig.ConnectAsync();
        _rig.Disturb(DisturbanceKind.OpcUaRestart, duration: 30);
        await _rig.WaitAsync(5);
        Assert.False(client.IsConnected);
        Assert.Null((await _rig.TryConnectAsync()).Client);
        await _rig.WaitAsync(30);
        var again = await _rig.ConnectAsync();
        Assert.True((await _rig.ReadAsync(again, Setpoint)).Status.IsGood);
        Assert.Equal(1, _rig.Face.Counters.Sessions);
    });

    [Fact]
    public void Refused_connections_leave_the_session_alive() => _rig.Run(async () =>
    {
        var client = await _rig.ConnectAsync();
        var id = _rig.Disturb(DisturbanceKind.OpcUaRefuse);
        await _rig.WaitAsync(5);
        Assert.False(client.IsConnected);
        Assert.Null((await _rig.TryConnectAsync()).Client);
        Assert.Equal(1, _rig.Face.Counters.Sessions);
        _rig.Station.Disturbances.Remove(id);
        await _rig.WaitAsync(2);
        await _rig.ConnectAsync();
        Assert.Equal(2, _rig.Face.Counters.Sessions);
    });

    [Fact]
    public void F36_The_namespace_has_another_index_after_a_swap() => _rig.Run(async () =>
    {
        var before = await _rig.NodeAsync(await _rig.ConnectAsync(), Setpoint);
        _rig.Disturb(DisturbanceKind.OpcUaNamespaceSwap);
        var client = await _rig.ConnectAsync();
        Assert.NotEqual(before.NamespaceIndex, (await _rig.NodeAsync(client, Setpoint)).NamespaceIndex);
        Assert.True((await _rig.ReadAsync(client, Setpoint)).Status.IsGood);
        var (values, _) = await client.ReadAsync(before);
        Assert.Equal(StatusCodes.BadNodeIdUnknown, values[0].Status);
    });

    [Fact]
    public void Intervals_are_revised_upward() => _rig.Run(async () =>
    {
        _rig.Disturb(DisturbanceKind.OpcUaInterval, value: 4000);
        var subscription = await _rig.SubscribeAsync(await _rig.ConnectAsync(), s_settings, s_parameters, Setpoint);
        Assert.Equal(TimeSpan.FromSeconds(4), subscription.PublishingInterval);
        Assert.Equal(4000, _rig.Items.Single().RevisedSamplingInterval);
    });

    [Fact]
    public void F34_A_short_queue_overflows_and_says_so() => _rig.Run(async () =>
    {
        _rig.Disturb(DisturbanceKind.OpcUaQueue);
        var slow = new SubscriptionSettings { PublishingIntervalMs = 5000, KeepAliveCount = 2 };
        var subscription = await _rig.SubscribeAsync(await _rig.ConnectAsync(), slow, s_parameters, "EFF_SAMPLE_TS", Setpoint);
        Assert.All(_rig.Items, item => Assert.Equal(2u, item.RevisedQueueSize));
        await _rig.WaitAsync(6);
        _rig.Log.Clear();
        for (var value = 1; value <= 4; value++)
        {
            _rig.Station.Use(plant => plant.Set(Setpoint, value));
            await _rig.WaitAsync(1);
        }

        await _rig.WaitAsync(5);
        Assert.Equal(["3!", "4"], _rig.Log.Where(line => line.Length <= 2));
        Assert.Equal(1, subscription.Overflows);
    });

    [Fact]
    public void F02_A_third_session_is_refused_where_two_are_allowed() => _rig.Run(async () =>
    {
        _rig.Disturb(DisturbanceKind.OpcUaSessions);
        var first = await _rig.ConnectAsync();
        await _rig.ConnectAsync();
        Assert.Equal(StatusCodes.BadTooManySessions, (await _rig.TryConnectAsync()).Fault.Status);
        await first.CloseAsync();
        await _rig.ConnectAsync();
    });

    [Fact]
    public void F05_One_node_is_unknown_and_another_unreadable_and_the_rest_is_not() => _rig.Run(async () =>
    {
        _rig.Disturb(DisturbanceKind.OpcUaUnknownNode, "IN_FIT_101");
        _rig.Disturb(DisturbanceKind.OpcUaNotReadable, "SYS_POWER");
        var client = await _rig.ConnectAsync();
        Assert.Equal(StatusCodes.BadNodeIdUnknown, (await _rig.ReadAsync(client, "IN_FIT_101")).Status);
        Assert.Equal(StatusCodes.BadNotReadable, (await _rig.ReadAsync(client, "SYS_POWER")).Status);
        Assert.Equal(StatusCodes.Good, (await _rig.ReadAsync(client, Setpoint)).Status);
        await _rig.SubscribeAsync(client, s_settings, s_parameters, "IN_FIT_101", "SYS_POWER", Setpoint);
        Assert.Equal([StatusCodes.BadNodeIdUnknown, StatusCodes.Good, StatusCodes.Good], _rig.Items.Select(item => item.StatusCode));
        await _rig.WaitAsync(3);
        Assert.Contains(_rig.Log, line => line.EndsWith("BadNotReadable", StringComparison.Ordinal));
        _rig.Calm();
        Assert.Equal(StatusCodes.Good, (await _rig.ReadAsync(client, "SYS_POWER")).Status);
    });

    [Fact]
    public void F35_Server_and_source_times_are_off_by_the_clocks_error() => _rig.Run(async () =>
    {
        var client = await _rig.ConnectAsync();
        _rig.Disturb(DisturbanceKind.OpcUaClock, value: -7200);
        await _rig.WaitAsync(1);
        var value = await _rig.ReadAsync(client, Setpoint);
        var now = _rig.Time.GetUtcNow().UtcDateTime;
        Assert.Equal(now.AddHours(-2), value.ServerTime, TimeSpan.FromSeconds(2));
        Assert.Equal(now.AddHours(-2), value.SourceTime, TimeSpan.FromSeconds(2));
        _rig.Calm();
        Assert.Equal(_rig.Time.GetUtcNow().UtcDateTime, (await _rig.ReadAsync(client, Setpoint)).SourceTime, TimeSpan.FromSeconds(2));
    });

    [Fact]
    public void Slow_answers_take_their_time() => _rig.Run(async () =>
    {
        var client = await _rig.ConnectAsync();
        var node = await _rig.NodeAsync(client, Setpoint);
        _rig.Disturb(DisturbanceKind.OpcUaSlow, value: 3000);
        var started = _rig.Time.Elapsed;
        Assert.True((await client.ReadAsync(node)).Fault.IsNone);
        Assert.InRange((_rig.Time.Elapsed - started).TotalSeconds, 3, 3.5);
    });

    [Theory]
    [InlineData(DisturbanceKind.OpcUaUnknownNode, "NOTHING", null, "there is no OPC UA node 'NOTHING'")]
    [InlineData(DisturbanceKind.OpcUaNotReadable, null, null, "there is no OPC UA node ''")]
    [InlineData(DisturbanceKind.OpcUaSlow, "IN_FIT_101", null, "takes no 'target'")]
    [InlineData(DisturbanceKind.OpcUaSlow, null, 30_000.0, "must be 0 to 25000")]
    [InlineData(DisturbanceKind.OpcUaSessions, null, 0.0, "must be 1 to 1000")]
    [InlineData(DisturbanceKind.OpcUaNoData, null, 1.0, "takes no 'value'")]
    [InlineData(DisturbanceKind.OpcUaRestart, null, null, "needs a 'duration'")]
    public void A_fault_that_means_nothing_is_refused(DisturbanceKind kind, string? target, double? value, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => _rig.Disturb(kind, target, value)).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_a_face_there_is_nothing_to_disturb()
    {
        var station = new SimulatedPlcStation(Tests.Plc.SmallSite.Build(), Tests.Plc.SmallSite.Plant());
        var error = Assert.Throws<ArgumentException>(() => station.Disturbances.Add(new Disturbance { Kind = DisturbanceKind.OpcUaNoData }));
        Assert.Contains("not served over OPC UA", error.Message, StringComparison.Ordinal);
    }
}
