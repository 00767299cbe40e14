using Gateway.OpcUa;
using Gateway.OpcUa.Types;
using Gateway.Simulation.Plc;

namespace Gateway.Simulation.Tests.OpcUa;

/// <summary>The nodes of the OPC UA face: values, types, qualities, times and writes.</summary>
public sealed class FaceTests
{
    private readonly FaceRig _rig = new(hasOperator: true);

    [Fact]
    public void Tags_are_variables_in_a_folder_for_each_area() => _rig.Run(async () =>
    {
        var client = await _rig.ConnectAsync();
        var plant = await ChildAsync(client, NodeIds.Objects, "small");
        var inlet = await ChildAsync(client, plant, "inlet");
        Assert.Equal(await _rig.NodeAsync(client, "IN_FIT_101"), await ChildAsync(client, inlet, "IN_FIT_101"));
        var (areas, _) = await client.BrowseAsync(plant);
        Assert.Equal(["inlet", "chemicals", "waste sludge", "system", "effluent", "blowers", "lane 1"], areas.Where(r => r.IsForward && r.NodeClass == NodeClass.Object).Select(r => r.BrowseName.Name));
    });

    [Theory]
    [InlineData("IN_FIT_101", BuiltInType.Float)]
    [InlineData("CHM_SP_502", BuiltInType.Float)]
    [InlineData("SYS_RAIN_MODE", BuiltInType.UInt16)]
    [InlineData("EFF_SAMPLE_TS", BuiltInType.UInt32)]
    [InlineData("BL1_STAT", BuiltInType.UInt16)]
    [InlineData("BL1_RUN", BuiltInType.Boolean)]
    public void A_value_has_the_type_of_a_plc_and_the_number_of_its_signal(string tag, BuiltInType type) => _rig.Run(async () =>
    {
        await _rig.WaitAsync(2);
        var value = await _rig.ReadAsync(await _rig.ConnectAsync(), tag);
        Assert.Equal((type, StatusCodes.Good), (value.Value.Type, value.Status));
        Assert.True(value.Value.TryGetNumber(out var number));
        // Bit 0 of a blower's status word is "runs".
        Assert.Equal(tag == "BL1_RUN" ? (int)_rig.Station.Value("BL1_STAT") & 1 : _rig.Station.Value(tag), number, 1e-3);
    });

    [Fact]
    public void Tags_without_a_signal_have_no_node() => _rig.Run(async () =>
        Assert.Equal(StatusCodes.BadNodeIdUnknown, (await _rig.ReadAsync(await _rig.ConnectAsync(), "BL_SPARE")).Status));

    [Theory]
    [InlineData(DisturbanceKind.Failed, "BadSensorFailure")]
    [InlineData(DisturbanceKind.NotANumber, "BadSensorFailure")]
    [InlineData(DisturbanceKind.Calibration, "UncertainSensorCalibration")]
    [InlineData(DisturbanceKind.Cleaning, "UncertainLastUsableValue")]
    [InlineData(DisturbanceKind.OutOfRange, "UncertainEngineeringUnitsExceeded")]
    [InlineData(DisturbanceKind.Stuck, "Good")]
    public void The_quality_is_what_the_plc_knows_of_the_instrument(DisturbanceKind kind, string status) => _rig.Run(async () =>
    {
        var client = await _rig.ConnectAsync();
        _rig.Disturb(kind, "IN_FIT_101");
        await _rig.WaitAsync(200);
        Assert.Equal(status, (await _rig.ReadAsync(client, "IN_FIT_101")).Status.Name);
        Assert.Equal("Good", (await _rig.ReadAsync(client, "CHM_SP_501")).Status.Name);
        _rig.Calm();
        await _rig.WaitAsync(200);
        Assert.Equal("Good", (await _rig.ReadAsync(client, "IN_FIT_101")).Status.Name);
    });

    [Fact]
    public void A_lost_input_station_leaves_the_last_values_as_uncertain() => _rig.Run(async () =>
    {
        var client = await _rig.ConnectAsync();
        _rig.Station.Use(plant => plant.Process.Lanes[0].IsIoLost = true);
        await _rig.WaitAsync(2);
        Assert.Equal("UncertainNoCommunicationLastUsableValue", (await _rig.ReadAsync(client, "L1_AIT_DO3")).Status.Name);
    });

    [Fact]
    public void A_stopped_plc_has_no_communication_and_takes_no_writes() => _rig.Run(async () =>
    {
        var client = await ConnectAsync();
        _rig.Station.Stop("plc-works", true);
        await _rig.WaitAsync(2);
        Assert.Equal("BadNoCommunication", (await _rig.ReadAsync(client, "IN_FIT_101")).Status.Name);
        Assert.Equal("Good", (await _rig.ReadAsync(client, "BL1_STAT")).Status.Name);
        Assert.Equal("BadNoCommunication", (await WriteAsync(client, "CHM_SP_501", new Variant(100f))).Name);
    });

    [Fact]
    public void A_frozen_plc_keeps_values_and_times_and_its_writes_act_on_nothing() => _rig.Run(async () =>
    {
        var client = await ConnectAsync();
        await _rig.WaitAsync(2);
        _rig.Station.Freeze("plc-works", true);
        var before = await _rig.ReadAsync(client, "IN_FIT_101");
        var setpoint = _rig.Station.Value("CHM_SP_501");
        await _rig.WaitAsync(60);
        var after = await _rig.ReadAsync(client, "IN_FIT_101");
        Assert.Equal((before.Value, before.SourceTime), (after.Value, after.SourceTime));
        Assert.Equal("Good", (await WriteAsync(client, "CHM_SP_501", new Variant(1234f))).Name);
        Assert.Equal(new Variant(1234f), (await _rig.ReadAsync(client, "CHM_SP_501")).Value);
        Assert.Equal(setpoint, _rig.Station.Value("CHM_SP_501"));
    });

    [Fact]
    public void Source_times_are_those_of_the_plcs_last_scan() => _rig.Run(async () =>
    {
        var client = await _rig.ConnectAsync();
        await _rig.WaitAsync(10.25);
        var value = await _rig.ReadAsync(client, "IN_FIT_101");
        Assert.InRange(value.ServerTime - value.SourceTime, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        await _rig.WaitAsync(10);
        Assert.Equal(value.SourceTime.AddSeconds(10), (await _rig.ReadAsync(client, "IN_FIT_101")).SourceTime, TimeSpan.FromMilliseconds(1));
    });

    [Fact]
    public void A_set_point_written_moves_the_plant_and_is_read_back_at_once() => _rig.Run(async () =>
    {
        var client = await ConnectAsync();
        Assert.Equal("Good", (await WriteAsync(client, "CHM_SP_502", new Variant(700f))).Name);
        Assert.Equal(700, _rig.Station.Value("CHM_SP_502"));
        Assert.Equal(new Variant(700f), (await _rig.ReadAsync(client, "CHM_SP_502")).Value);
        Assert.Equal("Good", (await WriteAsync(client, "SYS_RAIN_MODE", new Variant((ushort)2))).Name);
        Assert.Equal(2, _rig.Station.Value("SYS_RAIN_MODE"));
    });

    [Theory]
    [InlineData("CHM_SP_502", 2001f, "BadOutOfRange")]
    [InlineData("CHM_SP_502", -1f, "BadOutOfRange")]
    [InlineData("CHM_SP_502", float.NaN, "BadOutOfRange")]
    [InlineData("IN_FIT_101", 1f, "BadNotWritable")]
    [InlineData("SYS_RAIN_MODE", 1f, "BadTypeMismatch")]
    public void A_write_that_the_plc_cannot_take_is_refused_and_changes_nothing(string tag, float value, string status) => _rig.Run(async () =>
    {
        var before = _rig.Station.Value(tag);
        Assert.Equal(status, (await WriteAsync(await ConnectAsync(), tag, new Variant(value))).Name);
        Assert.Equal(before, _rig.Station.Value(tag), tag == "IN_FIT_101" ? 1000.0 : 0.0);
    });

    [Fact]
    public void Nobody_in_particular_may_not_write() => _rig.Run(async () =>
        Assert.Equal("BadUserAccessDenied", (await WriteAsync(await _rig.ConnectAsync(), "CHM_SP_502", new Variant(700f))).Name));

    [Fact]
    public void A_refresh_of_a_plant_that_has_not_changed_allocates_nothing()
    {
        _rig.Face.Refresh();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            _rig.Face.Refresh();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private async Task<OpcUaClient> ConnectAsync()
    {
        var (client, fault) = await _rig.TryConnectAsync(options => options with { User = UserIdentity.FromPassword("operator", "operators-own") });
        Assert.True(client is not null, fault.ToString());
        return client;
    }

    private async Task<StatusCode> WriteAsync(OpcUaClient client, string tag, Variant value)
    {
        var (results, fault) = await client.WriteAsync((await _rig.NodeAsync(client, tag), value));
        Assert.True(fault.IsNone, fault.ToString());
        return results.Single();
    }

    private static async Task<NodeId> ChildAsync(OpcUaClient client, NodeId parent, string name)
    {
        var (references, fault) = await client.BrowseAsync(parent);
        Assert.True(fault.IsNone, fault.ToString());
        return references.Single(reference => reference.BrowseName.Name == name).NodeId.NodeId;
    }
}
