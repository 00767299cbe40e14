using Gateway.Drivers.OpcUa;
using Gateway.Drivers.Tests.Support;
using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;
using Gateway.Runtime.Scan;

namespace Gateway.Drivers.Tests.OpcUa;

/// <summary>Outputs over OPC UA: what is told is what the server did.</summary>
public sealed class OpcUaWriteTests
{
    private readonly OpcUaRig _rig;
    private Func<DataValue, StatusCode> _onWrite;
    private long _seen;

    public OpcUaWriteTests()
    {
        _onWrite = value =>
        {
            _rig!.Set("SP", value.Value);
            return StatusCodes.Good;
        };
        _rig = new OpcUaRig(("SP", new VariableShape { Type = BuiltInType.Float, Write = (_, value) => _onWrite(value) }));
        _rig.StartServer();
        _rig.Set("SP", new Variant(1f));
        OpcUaDevice device = OpcUaRig.Device("plc", 0, "SP");
        _rig.Start(OpcUaRig.Definition(device with { Points = [OpcUaRig.Point("SP", 0) with { Output = 0 }] }));
        Assert.True(_rig.RunUntil(() => _rig.IsGood(0), 5));
    }

    private OutputOutcome Write(long sequence, double value, double seconds = 5)
    {
        _rig.Outputs.Post(0, new OutputRequest(sequence, value, _rig.Line.Elapsed + 2 * TimeSpan.TicksPerSecond));
        OutputOutcome outcome = default;
        Assert.True(_rig.RunUntil(() => _rig.Outputs.TryTakeOutcome(0, ref _seen, out outcome), seconds));
        Assert.Equal(sequence, outcome.Sequence);
        return outcome;
    }

    [Fact]
    public void A_write_is_done_when_the_node_holds_it()
    {
        Assert.Equal(new OutputOutcome(1, OutputResult.Done, 0, 2.5), Write(1, 2.5));
        // A Float keeps 0.1 as it can.
        Assert.Equal(new OutputOutcome(2, OutputResult.Done, 0, 0.1f), Write(2, 0.1));
    }

    [Fact]
    public void F38_a_refusal_is_told_with_the_server_s_status()
    {
        _onWrite = _ => StatusCodes.BadUserAccessDenied;
        OutputOutcome outcome = Write(1, 2.5);
        Assert.Equal((OutputResult.Refused, StatusCodes.BadUserAccessDenied.Value), (outcome.Result, outcome.Code));
    }

    [Fact]
    public void F39_a_server_that_says_yes_and_does_nothing_fails_the_verification()
    {
        _onWrite = _ => StatusCodes.Good;
        OutputOutcome outcome = Write(1, 2.5);
        Assert.Equal((OutputResult.FailedVerify, 1.0), (outcome.Result, outcome.ReadBack));
    }

    [Fact]
    public void A_value_that_the_node_s_type_cannot_hold_is_not_sent()
    {
        bool isAsked = false;
        _onWrite = _ =>
        {
            isAsked = true;
            return StatusCodes.Good;
        };
        OutputOutcome outcome = Write(1, 1e39);
        Assert.Equal((OutputResult.Refused, StatusCodes.BadOutOfRange.Value, false), (outcome.Result, outcome.Code, isAsked));
    }

    [Fact]
    public void F41_nothing_is_written_after_its_expiry()
    {
        var written = new List<double>();
        _onWrite = value =>
        {
            value.Value.TryGetNumber(out double number);
            written.Add(number);
            _rig.Set("SP", value.Value);
            return StatusCodes.Good;
        };
        _rig.StopServer();
        Assert.True(_rig.RunUntil(() => _rig.QualityOf(0).IsBad, 15));
        for (int i = 1; i <= 20; i++)
            Assert.Equal(OutputResult.Expired, Write(i, i).Result);
        _rig.StartServer();
        _rig.Set("SP", new Variant(1f));
        Assert.True(_rig.RunUntil(() => _rig.IsGood(0), 70));
        Assert.Empty(written);
        Assert.Equal(OutputResult.Done, Write(21, 21).Result);
        Assert.Equal([21.0], written);
    }
}
