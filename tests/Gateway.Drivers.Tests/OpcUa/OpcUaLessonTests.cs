using Gateway.Drivers.OpcUa;
using Gateway.Drivers.Tests.Support;
using Gateway.OpcUa.Server;
using Gateway.Runtime.Tags;

namespace Gateway.Drivers.Tests.OpcUa;

/// <summary>Field lessons about sessions and subscriptions, seen from the scan's side.</summary>
public sealed class OpcUaLessonTests
{
    private readonly OpcUaRig _rig = new(OpcUaRig.Doubles("A", "B", "C"));

    private OpcUaLine Start(params string[] nodes)
    {
        _rig.StartServer();
        _rig.Set("A", 1);
        _rig.Set("B", 2);
        OpcUaLine line = _rig.Start(OpcUaRig.Definition(OpcUaRig.Device("plc", 0, nodes)));
        Assert.True(_rig.RunUntil(() => _rig.IsGood(0) && _rig.IsUp(), 5));
        return line;
    }

    [Fact]
    public void F03_a_server_that_begins_its_ids_anew_gives_data_within_ten_seconds()
    {
        OpcUaLine line = Start("A");
        for (int round = 0; round < 20; round++)
        {
            _rig.StartServer();
            Assert.InRange(_rig.SecondsToData("A", 0, 100 + round, 10), 0, 10);
            _rig.Run(5);
        }

        Assert.Equal(20, line.Statistics.OpcUa!.Recreations);
        Assert.Equal(21, line.Statistics.OpcUa.Sessions);
    }

    [Fact]
    public void F04_F12_connected_but_no_data_is_seen_and_ends_by_itself()
    {
        OpcUaLine line = Start("A", "B");
        _rig.Server.Silence = PublishSilence.Everything;
        // The keep-alive is due every 2 s; at most 5 s more and the device is not up, whatever the connection says.
        Assert.True(_rig.RunUntil(() => !_rig.IsUp(), 12));
        Assert.True(line.Statistics.OpcUa!.Silences > 0);
        Assert.Contains(_rig.Log.Lines, l => l.Contains("brings nothing", StringComparison.Ordinal));
        _rig.Server.Silence = PublishSilence.None;
        Assert.InRange(_rig.SecondsToData("A", 0, 7, 30), 0, 15);
        Assert.True(_rig.RunUntil(() => _rig.IsUp(), 5));
    }

    [Fact]
    public void F04_an_item_that_keeps_silent_is_found_by_reading_its_node()
    {
        _rig.StartServer();
        _rig.Set("A", 1);
        _rig.Start(OpcUaRig.Definition(OpcUaRig.Device("plc", 0, "A")) with { ItemWatchMs = 10_000 });
        Assert.True(_rig.RunUntil(() => _rig.IsGood(0), 5));
        _rig.Server.Silence = PublishSilence.Data;
        Assert.InRange(_rig.SecondsToData("A", 0, 9, 30), 0, 15);
    }

    [Fact]
    public void F05_a_node_that_the_server_does_not_have_leaves_the_others_alone()
    {
        OpcUaLine line = Start("A", "Nowhere", "B");
        Assert.True(_rig.RunUntil(() => _rig.QualityOf(1) == Quality.BadConfigurationError, 5));
        Assert.Equal((1.0, 2.0), (_rig.Value(0), _rig.Value(2)));
        Assert.Equal(1, line.Statistics.Devices[0].RefusedPoints);
        Assert.Contains(_rig.Log.Lines, l => l.Contains("nsu=urn:plant;s=Nowhere", StringComparison.Ordinal) && l.Contains("BadNodeIdUnknown", StringComparison.Ordinal));
        _rig.Run(3600);
        Assert.InRange(_rig.SecondsToData("B", 2, 55, 5), 0, 2);
        Assert.Equal(0, line.Statistics.OpcUa!.Recreations);
    }

    [Fact]
    public void F06_data_returns_within_seventy_seconds_after_twelve_hours()
    {
        OpcUaLine line = Start("A");
        _rig.StopServer();
        Assert.True(_rig.RunUntil(() => _rig.QualityOf(0).IsBad, 15));
        Assert.False(_rig.IsUp());
        _rig.Run(12 * 3600);
        Assert.Equal(Quality.BadNoCommunication, _rig.QualityOf(0));
        Assert.Equal(LineState.Waiting, line.Statistics.State);
        Assert.InRange((line.Statistics.NextAttemptElapsed - line.Elapsed) / (double)TimeSpan.TicksPerSecond, 0, 60);
        _rig.StartServer();
        Assert.InRange(_rig.SecondsToData("A", 0, 42, 70), 0, 70);
        // A log of twelve hours stays short.
        Assert.InRange(_rig.Log.Lines.Count, 2, 40);
    }

    [Fact]
    public void A_server_that_was_never_there_is_told_as_never_connected()
    {
        _rig.Start(OpcUaRig.Definition(OpcUaRig.Device("plc", 0, "A")));
        Assert.True(_rig.RunUntil(() => _rig.QualityOf(0) == Quality.BadNotConnected, 5));
        Assert.NotEmpty(_rig.Line.Statistics.LastTrouble);
        Assert.True(_rig.Line.Statistics.FailedConnects > 0);
    }

    [Fact]
    public void F09_a_short_cut_of_the_link_leaves_the_values_good_and_loses_none()
    {
        OpcUaLine line = Start("A");
        for (int round = 0; round < 20; round++)
        {
            _rig.Link.Reset();
            _rig.Set("A", 200 + round);
            Assert.True(_rig.RunUntil(() => _rig.Value(0) == 200 + round, 5));
            Assert.True(_rig.IsGood(0));
            _rig.Run(3);
        }

        Assert.Equal((0L, 1L), (line.Statistics.OpcUa!.LostMessages, line.Statistics.OpcUa.Sessions));
    }

    [Fact]
    public void F36_a_namespace_that_moves_is_found_by_its_uri()
    {
        Start("A");
        _rig.StartServer("urn:other", "urn:more");
        Assert.InRange(_rig.SecondsToData("A", 0, 77, 15), 0, 15);
    }

    [Fact]
    public void Two_devices_of_a_server_have_a_subscription_each()
    {
        _rig.StartServer();
        _rig.Set("A", 1);
        _rig.Set("B", 2);
        OpcUaLine line = _rig.Start(OpcUaRig.Definition(OpcUaRig.Device("lane-1", 0, "A"), OpcUaRig.Device("lane-2", 1, "B")));
        Assert.True(_rig.RunUntil(() => _rig.IsGood(0) && _rig.IsGood(1), 5));
        Assert.Equal((2, 2), (line.Subscriptions.Count, _rig.Server.Counters.Subscriptions));
        Assert.Equal(1, _rig.Server.Counters.Sessions);
    }

    [Fact]
    public void A_stop_closes_the_session_and_tells_the_scan()
    {
        OpcUaLine line = Start("A");
        _rig.Time.Schedule(TimeSpan.Zero, static l => ((OpcUaLine)l!).Stop(), line);
        _rig.Run(2);
        Assert.Equal(Quality.BadNoCommunication, _rig.QualityOf(0));
        Assert.Equal((LineState.Stopped, 0), (line.Statistics.State, _rig.Server.Counters.Sessions));
    }
}
