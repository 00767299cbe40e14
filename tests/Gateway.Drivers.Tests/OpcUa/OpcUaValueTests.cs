using Gateway.Drivers.OpcUa;
using Gateway.Drivers.Tests.Support;
using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Drivers.Tests.OpcUa;

/// <summary>What a server says and what the scan gets of it.</summary>
public sealed class OpcUaValueTests
{
    public static TheoryData<string, double> Numbers => new()
    {
        { "Boolean", 1 }, { "SByte", -7 }, { "Byte", 200 }, { "Int16", -30_000 }, { "UInt16", 60_000 }, { "Int32", -2_000_000_000 },
        { "UInt32", 4_000_000_000 }, { "Int64", -9_007_199_254_740_992 }, { "UInt64", 9_007_199_254_740_992 }, { "Float", 2.5 }, { "Double", 1e300 },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Every_type_of_number_becomes_a_number_and_back(string name, double number)
    {
        var type = Enum.Parse<BuiltInType>(name);
        Assert.True(NodeNumber.TryMake(type, number, out Variant value, out double kept));
        Assert.Equal((type, number), (value.Type, kept));
        var rig = new OpcUaRig(("V", new VariableShape { Type = type }));
        rig.StartServer();
        rig.Set("V", value);
        rig.Start(OpcUaRig.Definition(OpcUaRig.Device("plc", 0, "V")));
        Assert.True(rig.RunUntil(() => rig.IsGood(0), 5));
        Assert.Equal(number, rig.Value(0));
    }

    [Theory]
    [InlineData("Boolean", double.NaN)]
    [InlineData("Byte", 256)]
    [InlineData("Byte", 1.5)]
    [InlineData("Int16", -32_769)]
    [InlineData("Float", 1e39)]
    [InlineData("UInt64", -1)]
    [InlineData("Int64", 9_223_372_036_854_775_808.0)]
    [InlineData("String", 1)]
    public void A_number_that_the_type_cannot_hold_is_never_bent(string type, double number) =>
        Assert.False(NodeNumber.TryMake(Enum.Parse<BuiltInType>(type), number, out _, out _));

    [Fact]
    public void What_is_no_number_is_bad_with_the_reason()
    {
        var rig = new OpcUaRig([.. OpcUaRig.Doubles("NaN", "Good"), ("Text", new VariableShape { Type = BuiltInType.String })]);
        rig.StartServer();
        rig.Set("NaN", double.NaN);
        rig.Set("Good", 4);
        rig.Set("Text", new Variant("on"));
        rig.Start(OpcUaRig.Definition(OpcUaRig.Device("plc", 0, "NaN", "Good", "Text")));
        Assert.True(rig.RunUntil(() => rig.IsGood(1), 5));
        Assert.Equal([Quality.BadDecodingError, Quality.BadDecodingError], [rig.QualityOf(0), rig.QualityOf(2)]);
    }

    [Fact]
    public void F33_a_status_goes_unchanged_and_an_overflow_is_counted_not_bad()
    {
        var rig = new OpcUaRig(OpcUaRig.Doubles("A", "B", "C"));
        rig.StartServer();
        rig.Set("A", 1, StatusCodes.BadSensorFailure);
        rig.Set("B", 2, StatusCodes.UncertainSensorNotAccurate);
        rig.Set("C", 0);
        rig.Start(OpcUaRig.Definition(OpcUaRig.Device("plc", 0, "A", "B", "C")) with { SamplingIntervalMs = 50, PublishingIntervalMs = 1000, QueueSize = 2 });
        Assert.True(rig.RunUntil(() => rig.IsGood(2), 5));
        Assert.Equal([Quality.BadSensorFailure, Quality.UncertainSensorNotAccurate], [rig.QualityOf(0), rig.QualityOf(1)]);
        for (int i = 1; i <= 40; i++)
        {
            rig.Set("C", i);
            rig.Run(0.1);
        }

        rig.Run(2);
        Assert.Equal((40.0, Quality.Good), (rig.Value(2), rig.QualityOf(2)));
        Assert.True(rig.Line.Statistics.OpcUa!.Overflows > 0);
    }

    [Fact]
    public void F35_the_source_s_time_is_kept_and_one_that_cannot_be_is_replaced_and_counted()
    {
        var rig = new OpcUaRig(OpcUaRig.Doubles("Old", "Future", "None", "Zone"));
        rig.StartServer();
        DateTime now = rig.Time.GetUtcNow().UtcDateTime;
        rig.Set("Old", 1, source: now.AddDays(-3));
        rig.Set("Future", 1, source: now.AddHours(8));
        rig.Set("None", 1, source: new DateTime(1601, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        rig.Set("Zone", 1);
        rig.Start(OpcUaRig.Definition(OpcUaRig.Device("plc", 0, "Old", "Future", "None", "Zone")));
        Assert.True(rig.RunUntil(() => rig.IsGood(3), 5));
        Assert.Equal(now.AddDays(-3), rig.TimeOf(0));
        Assert.InRange((rig.TimeOf(1) - now).TotalSeconds, 0, 5);
        Assert.InRange((rig.TimeOf(2) - now).TotalSeconds, 0, 5);
        Assert.Equal(1, rig.Line.Statistics.OpcUa!.TimesOff);
        // A change cannot be hours older than the server's own stamp: local time taken for UTC.
        DateTime later = rig.Time.GetUtcNow().UtcDateTime;
        rig.Set("Zone", 2, source: later.AddHours(-5));
        Assert.True(rig.RunUntil(() => rig.Value(3) == 2, 5));
        Assert.InRange((rig.TimeOf(3) - later).TotalSeconds, 0, 5);
        Assert.Equal(2, rig.Line.Statistics.OpcUa!.TimesOff);
        Assert.True(rig.RunUntil(() => rig.Log.Lines.Exists(l => l.Contains("a time that cannot be", StringComparison.Ordinal)), 2));
    }

    [Fact]
    public void A_value_that_does_not_change_is_told_again_at_its_rate()
    {
        var rig = new OpcUaRig(OpcUaRig.Doubles("V"));
        rig.StartServer();
        rig.Set("V", 3);
        OpcUaLine line = rig.Start(OpcUaRig.Definition(OpcUaRig.Device("plc", 0, "V")));
        Assert.True(rig.RunUntil(() => rig.IsGood(0), 5));
        for (int i = 0; i < 60; i++)
        {
            rig.Run(1);
            Assert.True(rig.Silence <= 1.1 && rig.IsGood(0) && rig.IsUp(), $"{rig.Silence}");
        }

        Assert.Equal(1, line.Statistics.OpcUa!.Values);
    }

    [Fact]
    public void A_deadband_of_the_source_keeps_small_changes_away()
    {
        var rig = new OpcUaRig(("V", new VariableShape { Range = (0, 200) }));
        rig.StartServer();
        rig.Set("V", 100);
        OpcUaDevice device = OpcUaRig.Device("plc", 0, "V");
        OpcUaPoint point = OpcUaRig.Point("V", 0) with { Deadband = 5, IsDeadbandPercent = true };
        rig.Start(OpcUaRig.Definition(device with { Points = [point] }));
        Assert.True(rig.RunUntil(() => rig.IsGood(0), 5));
        rig.Set("V", 109);
        rig.Run(5);
        Assert.Equal(100, rig.Value(0));
        rig.Set("V", 111);
        rig.Run(5);
        Assert.Equal(111, rig.Value(0));
    }

    [Fact]
    public void Notifications_allocate_nothing_on_their_way_to_the_scan()
    {
        OpcUaDevice device = OpcUaRig.Device("plc", 0, [.. Enumerable.Range(0, 100).Select(i => "V" + i)]);
        var feed = new OpcUaFeed(device, new OpcUaStatistics(), TimeProvider.System, static () => { });
        var items = new MonitoredItemNotification[100];
        long before = 0;
        for (int round = 0; round < 10_100; round++)
        {
            if (round == 100)
                before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < items.Length; i++)
                items[i] = new MonitoredItemNotification { ClientHandle = (uint)i, Value = new DataValue(new Variant(round + i * 0.5), default, new DateTime(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc)) };
            feed.OnData(null!, items);
            feed.Beat();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(feed.Mailbox.TryLatch(out InputFrame? frame));
        Assert.Equal(10_099 + 49.5, frame.Values[99]);
    }
}
